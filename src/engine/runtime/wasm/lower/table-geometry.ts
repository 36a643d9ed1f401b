import type { ConvGeometry } from "../../../plan/call.ts";

/** How table-driven convolutions see a layer. Bytes and floats as in ../records.ts. */
export interface Groups {
  /** Layer groups merged into one. */
  readonly merge: number;
  /** Groups after merging, their input channels and filters. */
  readonly groups: number;
  readonly groupIn: number;
  readonly groupOut: number;
}

/** Groups narrower than a tile (8 lanes) are merged as long as both sides fit in one tile. */
export function mergedGroups({ groups, channels, filters }: ConvGeometry): Groups {
  const widest = Math.max(channels, filters) / groups;
  let merge = 1;
  for (let m = 2; m * widest <= 8 && m <= groups; m++) if (groups % m === 0) merge = m;
  return {
    merge,
    groups: groups / merge,
    groupIn: (channels / groups) * merge,
    groupOut: (filters / groups) * merge,
  };
}

/** Images that are convolved together, so that there are enough pixels for whole tiles: 6 divides small maps' count. */
export function imagesPerChunk(batch: number, pixels: number): number {
  if (pixels >= 96) return 1;
  return Math.min(batch, 6 * Math.ceil(16 / pixels));
}

/**
 * The input gradient along one axis, for inputs i ≡ residue (mod stride): those see the taps k ≡ i + padding (mod
 * stride), and dx[i] = Σ_k dy[(i + padding − k)/stride]·w[k]. With i = residue + stride·n the taps, taken from the last
 * to the first, meet consecutive outputs from n + firstOutput on: a stride-1 convolution.
 */
export interface AxisClass {
  readonly residue: number;
  /** Inputs of this class. */
  readonly count: number;
  readonly taps: number;
  /** The tap that meets the first of those outputs, and the step to the next one (−stride). */
  readonly firstTap: number;
  readonly firstOutput: number;
}

export function axisClasses(size: number, { kernel, stride, padding }: ConvGeometry): AxisClass[] {
  return Array.from({ length: Math.min(stride, size) }, (_, residue) => {
    const lowestTap = (residue + padding) % stride;
    const taps = Math.max(0, Math.ceil((kernel - lowestTap) / stride));
    const firstOutput = (residue + padding - lowestTap) / stride - (taps - 1);
    return {
      residue,
      count: Math.ceil((size - residue) / stride),
      taps,
      firstTap: lowestTap + stride * (taps - 1),
      firstOutput,
    };
  });
}

/** Zeros before the outputs, and the padded length, so that no class reads outside. */
export function axisPadding(classes: readonly AxisClass[], outputs: number, atLeast = 0) {
  const reading = classes.filter(({ taps }) => taps > 0);
  const pad = Math.max(atLeast, ...reading.map(({ firstOutput }) => -firstOutput));
  const last = Math.max(0, ...reading.map(({ firstOutput, count, taps }) => firstOutput + count - 1 + taps));
  return { pad, padded: pad + Math.max(outputs, last) };
}
