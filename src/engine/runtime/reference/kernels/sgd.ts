import type { ReferenceKernel } from "./memory.ts";

export const sgd: ReferenceKernel<"sgd"> = ({ in: input, update, attrs }, memory) => {
  const gradients = memory(input.gradients);
  const rate = memory(input.learningRate)[0]!;
  const parameters = memory(update.parameters);
  const velocity = memory(update.velocity);
  for (let i = 0; i < attrs.length; i++) {
    const decay = i < attrs.decayed ? attrs.weightDecay : 0;
    const gradient = gradients[i]! + decay * parameters[i]!;
    const v = attrs.momentum * velocity[i]! + gradient;
    velocity[i] = v;
    parameters[i] = parameters[i]! - rate * (attrs.nesterov ? gradient + attrs.momentum * v : v);
  }
  if (update.averages !== undefined) moveAverage(memory(update.averages), parameters, attrs.averageDecay);
};

export const average: ReferenceKernel<"average"> = ({ in: input, update, attrs }, memory) => {
  moveAverage(memory(update.average), memory(input.x), attrs.decay);
};

function moveAverage(averages: Float64Array, values: Float64Array, decay: number): void {
  averages.forEach((value, i) => {
    averages[i] = decay * value + (1 - decay) * values[i]!;
  });
}
