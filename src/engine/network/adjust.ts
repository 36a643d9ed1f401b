import { lcm, roundHalfEven } from "../math/rounding.ts";
import { bottleneckMultiplier } from "./blocks/bottleneck.ts";

/** What one stage of bottleneck blocks asks for. */
export interface BlockShape {
  /** w: block width. */
  readonly width: number;
  /** b: block width / bottleneck width. */
  readonly bottleneckRatio: number;
  /** g: channels per group. */
  readonly groupWidth: number;
}

/**
 * Makes width, bottleneck ratio and group width fit together, exactly as pycls' `adjust_block_compatibility` (RegNet
 * paper, appendix D, "Group width compatibility"): v = w / b is rounded to a multiple of the group width,
 * and w follows from v. A group wider than v shrinks to v. b stays as it is.
 */
export function adjustBlock({ width, bottleneckRatio, groupWidth }: BlockShape): BlockShape {
  const multiplier = bottleneckMultiplier(bottleneckRatio);
  const v = Math.trunc(Math.max(1, width * multiplier));
  const g = Math.trunc(Math.min(groupWidth, v));
  // An inverted bottleneck (multiplier > 1) must also give a whole w = v / multiplier.
  const step = multiplier > 1 ? lcm(g, Math.trunc(multiplier)) : g;
  const adjusted = Math.max(step, roundHalfEven(v / step) * step);
  return { width: Math.trunc(adjusted / multiplier), bottleneckRatio, groupWidth: g };
}

/** What `adjustBlock` changed, in words; null if nothing. */
export function describeAdjustment(requested: BlockShape): string | null {
  const { width, groupWidth } = adjustBlock(requested);
  const changes = [
    width === requested.width ? [] : [`width ${requested.width} → ${width}`],
    groupWidth === requested.groupWidth ? [] : [`group width ${requested.groupWidth} → ${groupWidth}`],
  ].flat();
  return changes.length > 0 ? `${changes.join(", ")}, so that groups divide the bottleneck` : null;
}
