import { type Complexity, complexity } from "./complexity.ts";
import type { BlockType, NetworkSpec, StageSpec } from "./spec.ts";

/** A stage as a row of a table; null where the block has no such parameter. */
export interface StageRow {
  readonly block: BlockType;
  readonly depth: number;
  readonly width: number;
  readonly stride: number;
  readonly bottleneckRatio: number | null;
  /** Channels per group of the block's k×k convolution; null where it is not grouped. */
  readonly groupWidth: number | null;
  readonly kernel: number;
  readonly seRatio: number;
  /** Of MBConv blocks. */
  readonly expansion: number | null;
}

/** What `describe` and `sample` print, and what tables and charts show of a network. */
export interface NetworkDescription extends Complexity {
  readonly name: string | null;
  readonly spec: NetworkSpec;
  readonly stages: readonly StageRow[];
}

/** Training memory is the plan's to know: whoever has a plan adds it. */
export function describeNetwork(spec: NetworkSpec): NetworkDescription {
  return { name: spec.name ?? null, spec, stages: spec.stages.map(stageRow), ...complexity(spec) };
}

export function stageRow(stage: StageSpec): StageRow {
  const { block, depth, width, stride } = stage;
  const row = { block, depth, width, stride };
  switch (stage.block) {
    case "vanilla":
    case "res_basic":
      return { ...row, bottleneckRatio: null, groupWidth: null, kernel: 3, seRatio: 0, expansion: null };
    case "res_bottleneck":
    case "res_bottleneck_linear": {
      const { bottleneckRatio, groupWidth, seRatio } = stage;
      return { ...row, bottleneckRatio, groupWidth, kernel: 3, seRatio, expansion: null };
    }
    case "mbconv": {
      const { kernel, seRatio, expansion } = stage;
      return { ...row, bottleneckRatio: null, groupWidth: stage.groupWidth ?? 1, kernel, seRatio, expansion };
    }
    case "fused_mbconv": {
      const { kernel, expansion } = stage;
      return { ...row, bottleneckRatio: null, groupWidth: null, kernel, seRatio: 0, expansion };
    }
    default:
      throw new Error(`unknown block ${(stage satisfies never as StageSpec).block}`);
  }
}
