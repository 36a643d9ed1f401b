import { adjustBlock, type BlockShape } from "../../../engine/network/adjust.ts";
import { bottleneckWidth } from "../../../engine/network/blocks/bottleneck.ts";

/** What pycls' rule changed in a stage, and why. */
export interface Adjustment {
  /** From 0. */
  readonly stage: number;
  readonly what: "w" | "g";
  readonly from: number;
  readonly to: number;
  /** "so that g = 8 divides". */
  readonly why: string;
}

/** Where the stages' widths and group widths are not those that were asked for. */
export function adjustmentsOf(requested: readonly BlockShape[]): Adjustment[] {
  return requested.flatMap((asked, stage) => {
    const got = adjustBlock(asked);
    const found: Adjustment[] = [];
    if (got.groupWidth !== asked.groupWidth) {
      const v = Math.trunc(Math.max(1, asked.width / asked.bottleneckRatio));
      const why = `no wider than the ${v} channels of the 3×3 convolution`;
      found.push({ stage, what: "g", from: asked.groupWidth, to: got.groupWidth, why });
    }
    if (got.width !== asked.width) {
      const divided =
        asked.bottleneckRatio === 1
          ? "divides"
          : `divides w / b = ${bottleneckWidth(got.width, got.bottleneckRatio)}`;
      const why = `so that g = ${got.groupWidth} ${divided}`;
      found.push({ stage, what: "w", from: asked.width, to: got.width, why });
    }
    return found;
  });
}

/** "stage 2: w 84 → 88, so that g = 8 divides"; stages with one story share a line. */
export function adjustmentLines(adjustments: readonly Adjustment[]): string[] {
  const stories = new Map<string, number[]>();
  for (const { stage, what, from, to, why } of adjustments) {
    const story = `${what} ${from} → ${to}, ${why}`;
    stories.set(story, [...(stories.get(story) ?? []), stage + 1]);
  }
  return [...stories].map(
    ([story, stages]) => `stage${stages.length > 1 ? "s" : ""} ${listed(stages)}: ${story}`,
  );
}

function listed(numbers: readonly number[]): string {
  return numbers.length < 2 ? numbers.join() : `${numbers.slice(0, -1).join(", ")} and ${numbers.at(-1)}`;
}
