import type { StudyTemplate } from "./template.ts";

const paper = "Radosavović et al. 2020, Designing Network Design Spaces, arXiv:2003.13678";
const regime = { images: 2048, testImages: 1000, epochs: 3 };

/** Experiments of the RegNet paper: spaces against spaces. */
export const designSpaceTemplates: readonly StudyTemplate[] = [
  {
    id: "regnet-walk",
    title: "From AnyNetXA to RegNetX",
    source: `${paper}, sections 3.2 and 3.3, figures 5, 7 and 9 (left)`,
    compares: "Six design spaces, each the one before it with one thing more bound.",
    lookFor:
      "EDFs of A, B and C lie close together: one bottleneck ratio and one group width for all stages cost nothing. D and E, with widths and depths that never shrink, lie further left, and RegNetX at least as far.",
    work: 8.3e12,
    study: {
      version: 1,
      name: "From AnyNetXA to RegNetX",
      seed: 1,
      populations: [
        ...["AnyNetXA", "AnyNetXB", "AnyNetXC", "AnyNetXD", "AnyNetXE", "RegNetX"].map((name) => ({
          name,
          space: name.toLowerCase(),
          count: 16,
          budget: { flops: "1M..3M" },
        })),
      ],
      regime,
    },
  },
  {
    id: "regnet-simpler-lines",
    title: "Simpler lines: w_m = 2, w_0 = w_a",
    source: `${paper}, section 3.3, figure 9 (middle)`,
    compares: "RegNetX, its widths doubling from stage to stage, its line through the origin, and both.",
    lookFor:
      "binding w_m = 2 or w_0 = w_a should leave the EDF where it is, or move it a little to the left: fewer parameters, no worse networks.",
    work: 7.8e12,
    study: {
      version: 1,
      name: "Simpler lines",
      seed: 1,
      populations: [
        { name: "RegNetX", space: "regnetx" },
        { name: "w_m = 2", space: "regnetx", parameters: { widthMultiplier: 2 } },
        { name: "w_0 = w_a", space: "regnetx-w0wa" },
        { name: "both", space: "regnetx-w0wa", parameters: { widthMultiplier: 2 } },
      ].map((one) => ({ ...one, count: 24, budget: { flops: "1M..3M" } })),
      regime,
    },
  },
  {
    id: "bottleneck-and-depthwise",
    title: "Inverted bottlenecks and depthwise convolution",
    source: `${paper}, section 4, figure 14 (left)`,
    compares:
      "RegNetX without a bottleneck (b = 1), with inverted ones (b < 1), and with depthwise convolutions (g = 1).",
    lookFor:
      "in the paper inverted bottlenecks move the EDF a little to the right, depthwise convolution further: b = 1 with groups is best.",
    work: 6.8e12,
    study: {
      version: 1,
      name: "Bottlenecks and depthwise convolution",
      seed: 1,
      populations: [
        { name: "b = 1", space: "regnetx", parameters: { bottleneckRatio: 1 } },
        { name: "b < 1", space: "regnetx", parameters: { bottleneckRatio: "0.125..0.5" } },
        { name: "b = 1, g = 1", space: "regnetx", parameters: { bottleneckRatio: 1, groupWidth: 1 } },
      ].map((one) => ({ ...one, count: 24, budget: { flops: "1M..3M" } })),
      regime,
    },
  },
  {
    id: "squeeze-and-excitation",
    title: "With and without squeeze-and-excitation",
    source: `${paper}, section 4, figure 14 (right)`,
    compares: "RegNetX and RegNetY: the same space without and with squeeze-and-excitation.",
    lookFor:
      "the EDF of RegNetY lies to the left of RegNetX's. See the time of both too: the squeeze is cheap in FLOPs.",
    work: 4.3e12,
    study: {
      version: 1,
      name: "Squeeze-and-excitation",
      seed: 1,
      populations: [
        { name: "X", space: "regnetx", parameters: { seRatio: 0 } },
        { name: "Y", space: "regnetx", parameters: { seRatio: 0.25 } },
      ].map((one) => ({ ...one, count: 24, budget: { flops: "1M..3M" } })),
      regime,
    },
  },
];
