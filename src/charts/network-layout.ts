import type { NetworkSpec } from "../engine/network/spec.ts";

/** One block as a bar: its height is the side of its output map, its thickness the channels. */
export interface BlockBar {
  readonly x: number;
  readonly width: number;
  readonly height: number;
}

export interface StageGroup {
  readonly name: string;
  readonly depth: number;
  readonly channels: number;
  /** Side of the map that the stage gives. */
  readonly side: number;
  readonly bars: readonly BlockBar[];
  /** Middle of the stage's slot, where its label stands. */
  readonly middle: number;
}

export interface NetworkLayout {
  readonly groups: readonly StageGroup[];
}

interface Part {
  readonly name: string;
  readonly depth: number;
  readonly channels: number;
  readonly side: number;
}

const barGap = 2;
const slotGap = 8;
const thinnest = 1.5;
/** Pixels of the widest stage's bars where there is room for more. */
const usualThickest = 44;
const lowest = 3;

/**
 * Lays the stem and the stages out in `width` × `height` pixels. Every stage gets a slot at least `labelWidth` wide, so
 * that labels never overlap; the scale of the channels is the largest with which everything fits.
 */
export function layoutNetwork(
  spec: NetworkSpec,
  width: number,
  height: number,
  labelWidth: number,
  thickest = usualThickest,
): NetworkLayout {
  const parts = networkParts(spec);
  const most = Math.max(...parts.map((part) => part.channels));
  // The total width grows with the scale: bisection finds the largest scale that fits.
  let lo = 0;
  let hi = thickest / most;
  if (totalWidth(parts, hi, labelWidth) <= width) lo = hi;
  else {
    for (let i = 0; i < 30; i++) {
      const mid = (lo + hi) / 2;
      if (totalWidth(parts, mid, labelWidth) <= width) lo = mid;
      else hi = mid;
    }
  }
  // Deep networks may not fit even with the thinnest bars: shrink everything evenly.
  const squeeze = Math.min(1, width / totalWidth(parts, lo, labelWidth));
  const tallest = Math.max(...parts.map((part) => part.side));
  let x = 0;
  const groups = parts.map((part): StageGroup => {
    const bar = thickness(part, lo);
    const slot = slotWidth(part, lo, labelWidth);
    const inner = part.depth * (bar + barGap) - barGap;
    const start = x + (slot - inner) / 2;
    const bars = Array.from({ length: part.depth }, (_, block) => ({
      x: (start + block * (bar + barGap)) * squeeze,
      width: Math.max(0.75, bar * squeeze),
      height: Math.max(lowest, (part.side / tallest) * height),
    }));
    const middle = (x + slot / 2) * squeeze;
    x += slot + slotGap;
    return { ...part, bars, middle };
  });
  return { groups };
}

/** The stem and the stages, with the side of the map each gives. */
export function networkParts(spec: NetworkSpec): Part[] {
  let side = Math.max(spec.input.height, spec.input.width);
  const halve = (stride: number) => {
    side = Math.floor((side - 1) / stride) + 1;
  };
  halve({ small: 1, simple: 2, resnet: 4 }[spec.stem.type]);
  const stem: Part = { name: "stem", depth: 1, channels: spec.stem.width, side };
  const stages = spec.stages.map((stage, i): Part => {
    halve(stage.stride);
    return { name: `stage ${i + 1}`, depth: stage.depth, channels: stage.width, side };
  });
  return [stem, ...stages];
}

function thickness(part: Part, scale: number): number {
  return Math.max(thinnest, part.channels * scale);
}

function slotWidth(part: Part, scale: number, labelWidth: number): number {
  return Math.max(labelWidth, part.depth * (thickness(part, scale) + barGap) - barGap);
}

function totalWidth(parts: readonly Part[], scale: number, labelWidth: number): number {
  return (
    parts.reduce((sum, part) => sum + slotWidth(part, scale, labelWidth), 0) + slotGap * (parts.length - 1)
  );
}
