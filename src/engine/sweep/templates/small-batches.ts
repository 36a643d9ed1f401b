import type { StudyTemplate } from "./template.ts";

const paper = "Masters et al. 2021, Making EfficientNet More Efficient, arXiv:2106.03640";

/** Experiments of the paper on group convolutions and norms without a batch. */
export const smallBatchTemplates: readonly StudyTemplate[] = [
  {
    id: "group-size",
    title: "Group size at equal FLOPs",
    source: `${paper}: there with EfficientNet's blocks, here with RegNet's; where a stage is narrower than G, its groups are as wide as the stage`,
    compares:
      "Networks with groups of 1, 4, 16 and 64 channels, all within one budget; what groups cost, width and depth pay.",
    lookFor:
      "wider groups need fewer activations for the same FLOPs: compare errors, and then times per network. The paper settles on 16.",
    work: 8.4e12,
    study: {
      version: 1,
      name: "Group size",
      seed: 1,
      populations: [1, 4, 16, 64].map((groupWidth) => ({
        name: `G = ${groupWidth}`,
        space: "regnetx",
        count: 12,
        budget: { flops: "4M..6M" },
        parameters: { groupWidth, bottleneckRatio: 1 },
      })),
      regime: { images: 2048, testImages: 1000, epochs: 3 },
    },
  },
  {
    id: "norms-at-small-batches",
    title: "Norms at small batches",
    source: paper,
    compares:
      "Batch norm, layer norm, and layer norm with proxy-normalized activations, in batches of four images.",
    lookFor:
      "batch norm's statistics are noisy at four images. Layer norm has none of that noise, but lets channels drift to constants; proxy normalization is to give batch norm's accuracy without its batch.",
    work: 5.0e12,
    study: {
      version: 1,
      name: "Norms at small batches",
      seed: 1,
      populations: [
        { name: "Batch norm", norm: "batch" },
        { name: "Layer norm", norm: "layer" },
        { name: "Proxy-normalized layer norm", norm: "proxy-layer" },
      ].map(({ name, norm }) => ({ name, space: "regnetx", count: 24, budget: { flops: "1M..2M" }, norm })),
      regime: { images: 2048, testImages: 1000, epochs: 3, batch: 4, learningRate: 0.01 },
    },
  },
];
