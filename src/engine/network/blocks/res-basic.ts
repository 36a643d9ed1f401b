import type { LayerSink } from "../layers.ts";
import type { Activation } from "../spec.ts";
import { convNorm } from "./conv-norm.ts";
import { shortcut } from "./shortcut.ts";

/** f(shortcut(x) + two 3×3 convolutions): the block of ResNet-18 and 34 (pycls `res_basic_block`). */
export function resBasicBlock<T>(
  sink: LayerSink<T>,
  x: T,
  name: string,
  stage: { readonly width: number },
  stride: number,
  activation: Activation,
): T {
  const skip = shortcut(sink, x, name, stage.width, stride);
  const a = convNorm(sink, x, `${name}.f.a`, { filters: stage.width, kernel: 3, stride, activation });
  const b = convNorm(sink, a, `${name}.f.b`, { filters: stage.width, kernel: 3 });
  return sink.activation(sink.add(skip, b), activation);
}
