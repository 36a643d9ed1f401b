import type { LayerSink } from "../layers.ts";
import type { Activation } from "../spec.ts";
import { convNorm } from "./conv-norm.ts";

/** Two 3×3 convolutions with norm and activation, no shortcut (pycls `vanilla_block`; V of the RegNet appendix). */
export function vanillaBlock<T>(
  sink: LayerSink<T>,
  x: T,
  name: string,
  stage: { readonly width: number },
  stride: number,
  activation: Activation,
): T {
  const a = convNorm(sink, x, `${name}.a`, { filters: stage.width, kernel: 3, stride, activation });
  return convNorm(sink, a, `${name}.b`, { filters: stage.width, kernel: 3, activation });
}
