import { at, type Memory, type ReferenceKernel } from "./memory.ts";
import { slope } from "./pointwise.ts";

export const batchNormStats: ReferenceKernel<"batchNormStats"> = (call, memory) => {
  const { rows, channels, epsilon, momentum } = call.attrs;
  const x = memory(call.in.x);
  const [gamma, beta] = [memory(call.in.gamma), memory(call.in.beta)];
  const { mean, invStd, scale, shift } = call.out;
  const [runningMean, runningVar] = [memory(call.update.runningMean), memory(call.update.runningVar)];
  for (let c = 0; c < channels; c++) {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += at(x, row * channels + c);
    const m = sum / rows;
    let squares = 0;
    for (let row = 0; row < rows; row++) squares += (at(x, row * channels + c) - m) ** 2;
    const inverse = 1 / Math.sqrt(squares / rows + epsilon);
    memory(mean)[c] = m;
    memory(invStd)[c] = inverse;
    memory(scale)[c] = at(gamma, c) * inverse;
    memory(shift)[c] = at(beta, c) - m * at(gamma, c) * inverse;
    runningMean[c] = (1 - momentum) * at(runningMean, c) + momentum * m;
    runningVar[c] = (1 - momentum) * at(runningVar, c) + (momentum * squares) / Math.max(1, rows - 1);
  }
};

export const batchNormFold: ReferenceKernel<"batchNormFold"> = ({ in: input, out, attrs }, memory) => {
  const [gamma, beta] = [memory(input.gamma), memory(input.beta)];
  const [mean, variance] = [memory(input.runningMean), memory(input.runningVar)];
  const [scale, shift] = [memory(out.scale), memory(out.shift)];
  for (let c = 0; c < attrs.channels; c++) {
    const s = at(gamma, c) / Math.sqrt(at(variance, c) + attrs.epsilon);
    scale[c] = s;
    shift[c] = at(beta, c) - at(mean, c) * s;
  }
};

type NormGradCall = Parameters<typeof batchNormReduceGrad | typeof batchNormInputGrad>[0];

/** dz: gradient at the norm's output, behind the activation. */
function gradientBehind({ in: input, attrs }: NormGradCall, memory: Memory, i: number): number {
  const c = i % attrs.channels;
  const z = at(memory(input.scale), c) * at(memory(input.x), i) + at(memory(input.shift), c);
  return at(memory(input.dy), i) * slope(attrs.activation, z);
}

/** x̂: the normalized input. */
function normalized({ in: input, attrs }: NormGradCall, memory: Memory, i: number): number {
  const c = i % attrs.channels;
  return (at(memory(input.x), i) - at(memory(input.mean), c)) * at(memory(input.invStd), c);
}

export const batchNormReduceGrad: ReferenceKernel<"batchNormReduceGrad"> = (call, memory) => {
  const { rows, channels } = call.attrs;
  const dGamma = memory(call.out.dGamma).fill(0);
  const dBeta = memory(call.out.dBeta).fill(0);
  for (let i = 0; i < rows * channels; i++) {
    const c = i % channels;
    const dz = gradientBehind(call, memory, i);
    dBeta[c] = at(dBeta, c) + dz;
    dGamma[c] = at(dGamma, c) + dz * normalized(call, memory, i);
  }
};

export const batchNormInputGrad: ReferenceKernel<"batchNormInputGrad"> = (call, memory) => {
  const { rows, channels } = call.attrs;
  const [dGamma, dBeta, scale] = [memory(call.in.dGamma), memory(call.in.dBeta), memory(call.in.scale)];
  const addend = call.in.addend === undefined ? undefined : memory(call.in.addend);
  const dx = memory(call.out.dx);
  for (let i = 0; i < rows * channels; i++) {
    const c = i % channels;
    const centred = gradientBehind(call, memory, i) - at(dBeta, c) / rows;
    const gradient = at(scale, c) * (centred - (normalized(call, memory, i) * at(dGamma, c)) / rows);
    dx[i] = gradient + (addend ? at(addend, i) : 0);
  }
};
