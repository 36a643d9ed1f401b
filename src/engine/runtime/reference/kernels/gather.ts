import type { CallOf } from "../../../plan/calls.ts";
import type { ResidentImages } from "../../executor.ts";
import type { Memory } from "./memory.ts";

export function gather(
  { out, attrs }: CallOf<"gather">,
  memory: Memory,
  set: ResidentImages,
  indices: Uint32Array,
): void {
  const { pixels, channels, classes, labelSmoothing } = attrs;
  const length = pixels * channels;
  const images = memory(out.images).fill(0);
  const targets = memory(out.targets).fill(0);
  indices.forEach((index, n) => {
    for (let i = 0; i < length; i++) {
      const c = i % channels;
      const pixel = (set.images[index * length + i] ?? 0) / 255;
      images[n * length + i] = (pixel - (set.mean[c] ?? 0)) / (set.std[c] ?? 1);
    }
    const label = n * classes + (set.labels[index] ?? 0);
    targets.fill(labelSmoothing / classes, n * classes, (n + 1) * classes);
    targets[label] = targets[label]! + 1 - labelSmoothing;
  });
}
