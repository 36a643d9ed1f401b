import { defaultNorm, type NetworkSpec } from "./spec.ts";

/**
 * What the task fixes and a design space leaves open: everything of a NetworkSpec but its stages. A space makes stages;
 * frame + stages is a network.
 */
export type Frame = Omit<NetworkSpec, "version" | "stages" | "name">;

/** ImageNet as the RegNet paper trains it: 224×224×3, 1,000 classes, 3×3 stem of stride 2 and 32 channels, ReLU. */
export const imagenetFrame: Frame = {
  input: { height: 224, width: 224, channels: 3 },
  classes: 1000,
  stem: { type: "simple", width: 32 },
  head: { width: 0 },
  activation: "relu",
  norm: defaultNorm,
};

/** Images of 28 to 32 pixels: pycls' CIFAR stem (3×3, stride 1) with 16 channels, 10 classes. */
export const smallImageFrame: Frame = {
  input: { height: 28, width: 28, channels: 1 },
  classes: 10,
  stem: { type: "small", width: 16 },
  head: { width: 0 },
  activation: "relu",
  norm: defaultNorm,
};

/** The network of a frame with these stages. */
export function networkOf(frame: Frame, stages: NetworkSpec["stages"], name?: string): NetworkSpec {
  return { version: 1, ...(name === undefined ? {} : { name }), ...frame, stages };
}

/** Another frame for the same stages: the way a published network goes to another data set. */
export function reframe(spec: NetworkSpec, changes: Partial<Frame>): NetworkSpec {
  return { ...spec, ...changes };
}
