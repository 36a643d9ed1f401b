import { integerPower } from "../math/double-double.ts";
import { portableLog } from "../math/portable.ts";
import { roundHalfEven } from "../math/rounding.ts";

/** The line of block widths that a RegNet quantizes. */
export interface WidthLine {
  /** d: number of blocks, integer ≥ 1. */
  readonly depth: number;
  /** w_0: width of the first block, channels, a positive multiple of 8. */
  readonly initialWidth: number;
  /** w_a: slope, channels per block, ≥ 0. */
  readonly slope: number;
  /** w_m: ratio of the widths of neighbouring stages, > 1. */
  readonly widthMultiplier: number;
}

/** The line, its quantization and the stages that result, block by block and stage by stage. */
export interface QuantizedWidths {
  /** u_j: the line, eq. 2. */
  readonly line: readonly number[];
  /** s_j = log(u_j / w_0) / log(w_m), eq. 3; rounded it is the block's stage. */
  readonly exponents: readonly number[];
  /** w_j: the quantized widths, eq. 4, rounded to multiples of 8. */
  readonly widths: readonly number[];
  /** Distinct widths, ascending, before they are fitted to the groups. */
  readonly stageWidths: readonly number[];
  /** Blocks of each width. */
  readonly stageDepths: readonly number[];
  /** 1 + the largest rounded s_j; more than there are stages where the line jumps over a width. */
  readonly possibleStages: number;
}

/**
 * 1 + the rounded s of the last block: how many stages the line allows for. It needs two logarithms where the whole
 * quantization needs one a block, so samplers ask it first.
 */
export function possibleStages({ depth, initialWidth, slope, widthMultiplier }: WidthLine): number {
  const last = initialWidth + slope * (depth - 1);
  return roundHalfEven(portableLog(last / initialWidth) / portableLog(widthMultiplier)) + 1;
}

/** Widths are multiples of this, as in the paper. */
export const widthStep = 8;

/**
 * The quantized linear widths of a RegNet (Radosavovic et al. 2020, arXiv:2003.13678, §3.3, eqs. 2–4), with pycls'
 * rounding (`generate_regnet`): halves to even, equal widths merged into one stage.
 */
export function quantizedWidths(params: WidthLine): QuantizedWidths {
  const { depth, initialWidth, slope, widthMultiplier } = params;
  const line: number[] = [];
  const exponents: number[] = [];
  const widths: number[] = [];
  const stageWidths: number[] = [];
  const stageDepths: number[] = [];
  const logMultiplier = portableLog(widthMultiplier);
  let possibleStages = 0;
  let width = 0;
  for (let j = 0; j < depth; j++) {
    // u_j = w_0 + w_a · j
    const u = initialWidth + slope * j;
    // u_j = w_0 · w_m^(s_j)
    const s = portableLog(u / initialWidth) / logMultiplier;
    const stage = roundHalfEven(s);
    // w_j = w_0 · w_m^⌊s_j⌉; the line never falls, so neither do the stages.
    if (stage + 1 > possibleStages) {
      width = roundHalfEven((initialWidth * integerPower(widthMultiplier, stage)) / widthStep) * widthStep;
      possibleStages = stage + 1;
    }
    line.push(u);
    exponents.push(s);
    widths.push(width);
    if (width === stageWidths.at(-1)) stageDepths[stageDepths.length - 1]! += 1;
    else {
      stageWidths.push(width);
      stageDepths.push(1);
    }
  }
  return { line, exponents, widths, stageWidths, stageDepths, possibleStages };
}
