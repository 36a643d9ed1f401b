import type { ReferenceKernel } from "./memory.ts";

export const sgd: ReferenceKernel<"sgd"> = ({ in: input, update, attrs }, memory) => {
  const gradients = memory(input.gradients);
  const rate = memory(input.learningRate)[0]!;
  const parameters = memory(update.parameters);
  const velocity = memory(update.velocity);
  for (let i = 0; i < attrs.length; i++) {
    const gradient = gradients[i]! + attrs.weightDecay * parameters[i]!;
    const v = attrs.momentum * velocity[i]! + gradient;
    velocity[i] = v;
    parameters[i] = parameters[i]! - rate * (attrs.nesterov ? gradient + attrs.momentum * v : v);
  }
};
