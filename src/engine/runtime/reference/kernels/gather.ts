import { type CallOf, transformRow } from "../../../plan/calls.ts";
import type { ResidentImages } from "../../executor.ts";
import { pixelsIn } from "../../image-set.ts";
import type { InputBatch } from "../../input-rows.ts";
import type { Memory } from "./memory.ts";

export function gather(
  { in: input, out, attrs }: CallOf<"gather">,
  memory: Memory,
  set: ResidentImages,
  { indices, transforms = {} }: Pick<InputBatch, "indices" | "transforms">,
): void {
  const { height, width, channels, classes, labelSmoothing } = attrs;
  const length = height * width * channels;
  const images = memory(out.images).fill(0);
  const targets = memory(out.targets).fill(0);
  const rows = Array.from(indices, (_, n) => rowAt(memory(input.transforms), n));
  const { pixels } = transforms;
  const source = (n: number) =>
    pixels ? pixelsIn({ shape: set.shape, images: pixels }, n) : pixelsIn(set, indices[n]!);
  const warped = rows.map((row, n) => warp(set, source(n), row, attrs));
  const labels = Array.from(indices, (index) =>
    Array.from({ length: classes }, (_, k) => {
      const spread = labelSmoothing / classes;
      return k === set.labels[index] ? spread + 1 - labelSmoothing : spread;
    }),
  );
  rows.forEach(({ lambda, partner }, n) => {
    const mixed = (own: ArrayLike<number>, other: ArrayLike<number> | undefined, i: number) =>
      lambda === 1 ? own[i]! : lambda * own[i]! + (1 - lambda) * (other?.[i] ?? 0);
    for (let i = 0; i < length; i++) images[n * length + i] = mixed(warped[n]!, warped[partner], i);
    for (let k = 0; k < classes; k++) targets[n * classes + k] = mixed(labels[n]!, labels[partner], k);
  });
}

type Row = Readonly<Record<(typeof transformRow)[number], number>>;

function rowAt(transforms: Float64Array, n: number): Row {
  const entries = transformRow.map((field, i) => [field, transforms[n * transformRow.length + i]!]);
  return Object.fromEntries(entries) as Row;
}

function warp(
  set: ResidentImages,
  pixels: Uint8Array,
  row: Row,
  { height, width, channels }: CallOf<"gather">["attrs"],
): Float64Array {
  const { a, b, tx, c, d, ty, samplesX, samplesY, gain, offset } = row;
  const warped = new Float64Array(height * width * channels);
  for (let y = 0; y < height; y++)
    for (let x = 0; x < width; x++)
      for (let channel = 0; channel < channels; channel++) {
        let sum = 0;
        for (let j = 0; j < samplesY; j++)
          for (let i = 0; i < samplesX; i++) {
            const u = x + (i + 0.5) / samplesX;
            const v = y + (j + 0.5) / samplesY;
            const value = bilinear(set, pixels, a * u + b * v + tx, c * u + d * v + ty, channel);
            if (value !== undefined) sum += gain * value + offset;
          }
        warped[(y * width + x) * channels + channel] = sum / (samplesX * samplesY);
      }
  return warped;
}

/** The normalized source at a point; undefined outside. */
function bilinear(
  set: ResidentImages,
  pixels: Uint8Array,
  s: number,
  t: number,
  channel: number,
): number | undefined {
  const [height, width, channels] = set.shape;
  if (!(s >= 0 && s < width && t >= 0 && t < height)) return undefined;
  const pixel = (x: number, y: number) => {
    const column = Math.min(Math.max(x, 0), width - 1);
    const line = Math.min(Math.max(y, 0), height - 1);
    const byte = pixels[(line * width + column) * channels + channel]!;
    return (byte / 255 - (set.mean[channel] ?? 0)) / (set.std[channel] ?? 1);
  };
  const left = Math.floor(s - 0.5);
  const top = Math.floor(t - 0.5);
  const right = s - 0.5 - left;
  const below = t - 0.5 - top;
  return (
    (1 - below) * ((1 - right) * pixel(left, top) + right * pixel(left + 1, top)) +
    below * ((1 - right) * pixel(left, top + 1) + right * pixel(left + 1, top + 1))
  );
}
