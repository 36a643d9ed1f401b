import type { LayerSink } from "../layers.ts";
import type { Activation } from "../spec.ts";
import { convNorm } from "./conv-norm.ts";
import { shortcut } from "./shortcut.ts";
import type { PlainParams } from "./vanilla.ts";

/**
 * f(shortcut(x) + 3×3 convolutions): two in the block of ResNet-18 and 34 (pycls `res_basic_block`), a single one in the
 * VR block of the RegNet paper's appendix. The last norm has no activation.
 */
export function resBasicBlock<T>(
  sink: LayerSink<T>,
  x: T,
  name: string,
  { width, convolutions }: PlainParams,
  stride: number,
  activation: Activation,
): T {
  const skip = shortcut(sink, x, name, width, stride);
  const single = convolutions === 1;
  const first = { filters: width, kernel: 3, stride, ...(single ? {} : { activation }) };
  const a = convNorm(sink, x, `${name}.f.a`, first);
  const b = single ? a : convNorm(sink, a, `${name}.f.b`, { filters: width, kernel: 3 });
  return sink.activation(sink.add(skip, b), activation);
}
