import type { CallOf } from "../../../plan/calls.ts";
import type { Memory, ReferenceKernel } from "./memory.ts";
import { slope } from "./pointwise.ts";

export const batchNormStats: ReferenceKernel<"batchNormStats"> = (call, memory) => {
  const { rows, channels, epsilon, momentum } = call.attrs;
  const x = memory(call.in.x);
  const [gamma, beta] = [memory(call.in.gamma), memory(call.in.beta)];
  const [mean, invStd] = [memory(call.out.mean), memory(call.out.invStd)];
  const [scale, shift] = [memory(call.out.scale), memory(call.out.shift)];
  const [runningMean, runningVar] = [memory(call.update.runningMean), memory(call.update.runningVar)];
  for (let c = 0; c < channels; c++) {
    let sum = 0;
    for (let row = 0; row < rows; row++) sum += x[row * channels + c]!;
    const m = sum / rows;
    let squares = 0;
    for (let row = 0; row < rows; row++) squares += (x[row * channels + c]! - m) ** 2;
    const inverse = 1 / Math.sqrt(squares / rows + epsilon);
    mean[c] = m;
    invStd[c] = inverse;
    scale[c] = gamma[c]! * inverse;
    shift[c] = beta[c]! - m * gamma[c]! * inverse;
    runningMean[c] = (1 - momentum) * runningMean[c]! + momentum * m;
    runningVar[c] = (1 - momentum) * runningVar[c]! + (momentum * squares) / Math.max(1, rows - 1);
  }
};

export const batchNormFold: ReferenceKernel<"batchNormFold"> = ({ in: input, out, attrs }, memory) => {
  const [gamma, beta] = [memory(input.gamma), memory(input.beta)];
  const [mean, variance] = [memory(input.runningMean), memory(input.runningVar)];
  const [scale, shift] = [memory(out.scale), memory(out.shift)];
  for (let c = 0; c < attrs.channels; c++) {
    const s = gamma[c]! / Math.sqrt(variance[c]! + attrs.epsilon);
    scale[c] = s;
    shift[c] = beta[c]! - mean[c]! * s;
  }
};

type NormGradCall = CallOf<"batchNormReduceGrad" | "batchNormInputGrad">;

/** For element i: dz, the gradient at the norm's output (behind the activation), and x̂, the normalized input. */
function elements({ in: input, attrs }: NormGradCall, memory: Memory) {
  const [dy, x] = [memory(input.dy), memory(input.x)];
  const [mean, invStd] = [memory(input.mean), memory(input.invStd)];
  const [scale, shift] = [memory(input.scale), memory(input.shift)];
  const saved = "saved" in input && input.saved !== undefined ? memory(input.saved) : undefined;
  const { channels, activation } = attrs;
  return {
    dz: (i: number) => {
      const c = i % channels;
      if (saved) return saved[i]! > 0 ? dy[i]! : 0;
      return dy[i]! * slope(activation, scale[c]! * x[i]! + shift[c]!);
    },
    normalized: (i: number) => (x[i]! - mean[i % channels]!) * invStd[i % channels]!,
  };
}

export const batchNormReduceGrad: ReferenceKernel<"batchNormReduceGrad"> = (call, memory) => {
  const { rows, channels } = call.attrs;
  const { dz, normalized } = elements(call, memory);
  const dGamma = memory(call.out.dGamma).fill(0);
  const dBeta = memory(call.out.dBeta).fill(0);
  const kept = call.out.dz === undefined ? undefined : memory(call.out.dz);
  for (let i = 0; i < rows * channels; i++) {
    const c = i % channels;
    const gradient = dz(i);
    dBeta[c] = dBeta[c]! + gradient;
    dGamma[c] = dGamma[c]! + gradient * normalized(i);
    if (kept) kept[i] = gradient;
  }
};

export const batchNormInputGrad: ReferenceKernel<"batchNormInputGrad"> = (call, memory) => {
  const { rows, channels } = call.attrs;
  const { dz, normalized } = elements(call, memory);
  const [dGamma, dBeta, scale] = [memory(call.in.dGamma), memory(call.in.dBeta), memory(call.in.scale)];
  const addend = call.in.addend === undefined ? undefined : memory(call.in.addend);
  const dx = memory(call.out.dx);
  for (let i = 0; i < rows * channels; i++) {
    const c = i % channels;
    const centred = dz(i) - dBeta[c]! / rows - (normalized(i) * dGamma[c]!) / rows;
    dx[i] = scale[c]! * centred + (addend ? addend[i]! : 0);
  }
};
