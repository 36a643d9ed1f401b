import type { StudyTemplate } from "./template.ts";

const baseline = { preset: "efficientnet-b0", depth: 0.5, width: 0.25 };
const regime = { images: 2048, testImages: 1000, epochs: 3 };

/** Experiments about scaling one baseline. */
export const scalingTemplates: readonly StudyTemplate[] = [
  {
    id: "one-dimension-at-a-time",
    title: "Depth, width or resolution",
    source: "Tan and Le 2019, EfficientNet, arXiv:1905.11946, section 3.2, figure 3",
    compares: "A small EfficientNet scaled in one dimension at a time.",
    lookFor:
      "in the scatter of error over FLOPs every dimension alone helps at first and then less and less; none of them is the best one everywhere.",
    work: 7.2e12,
    study: {
      version: 1,
      name: "One dimension at a time",
      seed: 1,
      populations: [
        { name: "Depth", baseline, scaling: "depth", factors: [1, 2, 3, 4] },
        { name: "Width", baseline, scaling: "width", factors: [0.7, 1, 1.4, 1.8] },
        { name: "Resolution", baseline, scaling: "resolution", factors: [0.6, 0.8, 1, 1.4, 1.8] },
      ],
      regime,
    },
  },
  {
    id: "compound-against-tiny",
    title: "Compound scaling against the tiny formula",
    source:
      "Han et al. 2020, TinyNet, arXiv:2010.14819; Tan and Le 2019, EfficientNet, arXiv:1905.11946, section 3.3",
    compares:
      "A small EfficientNet shrunk to the same budgets by compound scaling backwards and by the tiny formula.",
    lookFor:
      "at equal FLOPs the tiny formula keeps more resolution and depth and gives up width; in the paper it wins, the more so the smaller the budget.",
    work: 6.9e12,
    study: {
      version: 1,
      name: "Compound against tiny",
      seed: 1,
      populations: [
        { name: "Compound", scaling: "compound" },
        { name: "Tiny", scaling: "tiny" },
      ].map(({ name, scaling }) => ({
        name,
        baseline: { preset: "efficientnet-b0", depth: 1, width: 0.5 },
        scaling,
        flops: "4M..16M",
        count: 9,
      })),
      regime,
    },
  },
  {
    id: "train-small-fine-tune-larger",
    title: "Train small, fine-tune larger",
    source: "Masters et al. 2021, arXiv:2106.03640; Touvron et al. 2019, arXiv:1906.06423",
    compares: "The same networks trained on images of 12 to 28 pixels, all of them with a last epoch at 28.",
    lookFor:
      "in the scatter of error over the training resolution: how small images may be before the last epoch at full size no longer makes up for it, and what time that saves.",
    work: 3.6e12,
    study: {
      version: 1,
      name: "Train small, fine-tune larger",
      seed: 1,
      populations: [
        { name: "RegNetX", preset: "regnetx-200mf" },
        { name: "EfficientNet", preset: "efficientnet-b0" },
      ].map(({ name, preset }) => ({
        name,
        baseline: { ...baseline, preset },
        scaling: "resolution",
        factors: [0.43, 0.57, 0.72, 0.86, 1],
      })),
      regime: {
        ...regime,
        images: 4096,
        epochs: 4,
        fineTune: { resolution: 28, epochs: 1, learningRate: 0.01 },
      },
    },
  },
];
