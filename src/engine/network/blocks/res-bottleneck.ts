import type { LayerSink } from "../layers.ts";
import type { Activation } from "../spec.ts";
import { type BottleneckParams, bottleneckTransform } from "./bottleneck.ts";
import { shortcut } from "./shortcut.ts";

/** f(shortcut(x) + bottleneck(x)): the X block, and with squeeze-and-excitation the Y block (RegNet paper, fig. 4). */
export function resBottleneckBlock<T>(
  sink: LayerSink<T>,
  x: T,
  name: string,
  stage: BottleneckParams,
  stride: number,
  activation: Activation,
): T {
  const skip = shortcut(sink, x, name, stage.width, stride);
  const transformed = bottleneckTransform(sink, x, `${name}.f`, stage, stride, activation);
  return sink.activation(sink.add(skip, transformed), activation);
}
