import { imagenetFrame, networkOf } from "../network/frame.ts";
import type { StageSpec } from "../network/spec.ts";
import type { PublishedNetwork } from "./published.ts";

/**
 * EfficientNetV2 (Tan and Le 2021, arXiv:2104.00298, table 4), as torchvision builds it and at the side it evaluates at.
 * `fused` is Fused-MBConv, without squeeze-and-excitation; MBConv squeezes to 1/4 of its input. Head 1280, norm ε 10⁻³.
 */
type Stage = readonly [
  block: "fused" | "mbconv",
  expansion: number,
  stride: number,
  width: number,
  depth: number,
];

interface Row {
  readonly size: string;
  readonly side: number;
  readonly stem: number;
  readonly stages: readonly Stage[];
  readonly exact: PublishedNetwork["exact"];
  readonly rounded: NonNullable<PublishedNetwork["rounded"]>;
}

// biome-ignore format: a table reads best as a table
const rows: readonly Row[] = [
  {
    size: "S", side: 384, stem: 24, exact: { params: 21_458_488 }, rounded: { flops: 8.4e9 },
    stages: [
      ["fused",  1, 1,  24,  2],
      ["fused",  4, 2,  48,  4],
      ["fused",  4, 2,  64,  4],
      ["mbconv", 4, 2, 128,  6],
      ["mbconv", 6, 1, 160,  9],
      ["mbconv", 6, 2, 256, 15],
    ],
  },
  {
    size: "M", side: 480, stem: 24, exact: { params: 54_139_356 }, rounded: { flops: 24.6e9 },
    stages: [
      ["fused",  1, 1,  24,  3],
      ["fused",  4, 2,  48,  5],
      ["fused",  4, 2,  80,  5],
      ["mbconv", 4, 2, 160,  7],
      ["mbconv", 6, 1, 176, 14],
      ["mbconv", 6, 2, 304, 18],
      ["mbconv", 6, 1, 512,  5],
    ],
  },
  {
    size: "L", side: 480, stem: 32, exact: { params: 118_515_272 }, rounded: { flops: 56.1e9 },
    stages: [
      ["fused",  1, 1,  32,  4],
      ["fused",  4, 2,  64,  7],
      ["fused",  4, 2,  96,  7],
      ["mbconv", 4, 2, 192, 10],
      ["mbconv", 6, 1, 224, 19],
      ["mbconv", 6, 2, 384, 25],
      ["mbconv", 6, 1, 640,  7],
    ],
  },
];

export const publishedEfficientnetsV2: readonly PublishedNetwork[] = rows.map((row) => {
  const name = `EfficientNetV2-${row.size}`;
  const frame = {
    ...imagenetFrame,
    input: { height: row.side, width: row.side, channels: 3 },
    stem: { type: "simple" as const, width: row.stem },
    head: { width: 1280 },
    activation: "silu" as const,
    norm: { type: "batch" as const, epsilon: 1e-3, momentum: 0.1 },
  };
  return {
    id: name.toLowerCase(),
    name,
    family: "EfficientNetV2",
    source: "arXiv:2104.00298; torchvision models/efficientnet.py",
    spec: networkOf(frame, row.stages.map(stageOf), name),
    exact: row.exact,
    rounded: row.rounded,
  };
});

function stageOf([block, expansion, stride, width, depth]: Stage): StageSpec {
  const shape = { depth, width, stride, expansion, kernel: 3 };
  return block === "fused"
    ? { block: "fused_mbconv", ...shape }
    : { block: "mbconv", ...shape, seRatio: 0.25 };
}
