import { scaleBy } from "../scaling/multipliers.ts";
import { efficientnetB0 } from "../spaces/efficientnet-b0.ts";
import type { PublishedNetwork } from "./published.ts";

/**
 * B1 to B7: multipliers and sides of the authors' code (also pycls', and torchvision's but for its B2, which it evaluates at 288
 * pixels). Numbers of pycls dev/model_complexity.json; above B5 torchvision's parameters, and its rounded operations.
 */
type Row = readonly [
  name: string,
  width: number,
  depth: number,
  side: number,
  exact: PublishedNetwork["exact"],
  rounded?: PublishedNetwork["rounded"],
];

// biome-ignore format: a table reads best as a table
const rows: readonly Row[] = [
  ["B0", 1.0, 1.0, 224, { flops:    385_825_092, params:  5_288_548, acts:  6_748_036 }],
  ["B1", 1.0, 1.1, 240, { flops:    686_817_992, params:  7_794_184, acts: 10_884_328 }],
  ["B2", 1.1, 1.2, 260, { flops:    993_578_282, params:  9_109_994, acts: 13_832_834 }],
  ["B3", 1.2, 1.4, 300, { flops:  1_827_162_472, params: 12_233_232, acts: 23_831_296 }],
  ["B4", 1.4, 1.8, 380, { flops:  4_393_801_064, params: 19_341_616, acts: 49_489_032 }],
  ["B5", 1.6, 2.2, 456, { flops: 10_266_426_072, params: 30_389_784, acts: 98_857_400 }],
  ["B6", 1.8, 2.6, 528, { params: 43_040_704 }, { flops: 19.1e9 }],
  ["B7", 2.0, 3.1, 600, { params: 66_347_960 }, { flops: 37.7e9 }],
];

export const publishedEfficientnets: readonly PublishedNetwork[] = rows.map(
  ([variant, width, depth, side, exact, rounded]) => {
    const name = `EfficientNet-${variant}`;
    const scaled = scaleBy(efficientnetB0, { depth, width, resolution: 1 });
    return {
      id: name.toLowerCase(),
      name,
      family: "EfficientNet",
      source: "arXiv:1905.11946; pycls dev/model_complexity.json, torchvision",
      spec: { ...scaled, name, input: { height: side, width: side, channels: 3 } },
      exact,
      ...(rounded && { rounded }),
    };
  },
);
