import type { LayerSink } from "../layers.ts";
import type { Activation } from "../spec.ts";
import { type BottleneckParams, bottleneckTransform } from "./bottleneck.ts";
import { keepsShape } from "./shortcut.ts";

/**
 * x + bottleneck(x), without an activation after the sum and without a projection: where the shape changes there is no
 * shortcut (pycls `res_bottleneck_linear_block`; with b < 1 and g = 1 the inverted bottleneck of MobileNetV2).
 */
export function resBottleneckLinearBlock<T>(
  sink: LayerSink<T>,
  x: T,
  name: string,
  stage: BottleneckParams,
  stride: number,
  activation: Activation,
): T {
  const transformed = bottleneckTransform(sink, x, `${name}.f`, stage, stride, activation);
  return keepsShape(sink, x, stage.width, stride) ? sink.add(x, transformed) : transformed;
}
