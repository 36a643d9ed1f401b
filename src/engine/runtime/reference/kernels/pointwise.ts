import type { PointwiseActivation } from "../../../plan/call.ts";
import type { ReferenceKernel } from "./memory.ts";

export function activate(kind: PointwiseActivation, x: number): number {
  switch (kind) {
    case "none":
      return x;
    case "relu":
      return Math.max(0, x);
    case "silu":
      return x * sigmoid(x);
    case "sigmoid":
      return sigmoid(x);
    default:
      return kind satisfies never;
  }
}

/** Derivative at the activation's INPUT. */
export function slope(kind: PointwiseActivation, x: number): number {
  switch (kind) {
    case "none":
      return 1;
    case "relu":
      return x > 0 ? 1 : 0;
    case "silu":
      return sigmoid(x) * (1 + x * (1 - sigmoid(x)));
    case "sigmoid":
      return sigmoid(x) * (1 - sigmoid(x));
    default:
      return kind satisfies never;
  }
}

function sigmoid(x: number): number {
  return 1 / (1 + Math.exp(-x));
}

export const affine: ReferenceKernel<"affine"> = ({ in: input, out, attrs }, memory) => {
  const x = memory(input.x);
  const scale = input.scale === undefined ? undefined : memory(input.scale);
  const shift = input.shift === undefined ? undefined : memory(input.shift);
  const residual = input.residual === undefined ? undefined : memory(input.residual);
  const y = memory(out.y);
  const perVector = (attrs.imageRows ?? attrs.rows) * attrs.channels;
  for (let i = 0; i < y.length; i++) {
    const c = Math.floor(i / perVector) * attrs.channels + (i % attrs.channels);
    const z = x[i]! * (scale ? scale[c]! : 1) + (shift ? shift[c]! : 0);
    y[i] = activate(attrs.activation, z + (residual ? residual[i]! : 0));
  }
};

export const activationGrad: ReferenceKernel<"activationGrad"> = ({ in: input, out, attrs }, memory) => {
  const dy = memory(input.dy);
  const saved = memory(input.saved);
  const dx = memory(out.dx);
  for (let i = 0; i < dx.length; i++) {
    const s = saved[i]!;
    dx[i] = dy[i]! * (attrs.activation === "sigmoid" ? s * (1 - s) : slope(attrs.activation, s));
  }
};

export const add: ReferenceKernel<"add"> = ({ in: input, out }, memory) => {
  const b = memory(input.b);
  const y = memory(out.y);
  memory(input.a).forEach((a, i) => {
    y[i] = a + b[i]!;
  });
};

export const channelScale: ReferenceKernel<"channelScale"> = ({ in: input, out, attrs }, memory) => {
  const s = memory(input.s);
  const y = memory(out.y);
  const perImage = attrs.pixels * attrs.channels;
  memory(input.x).forEach((x, i) => {
    y[i] = x * s[Math.floor(i / perImage) * attrs.channels + (i % attrs.channels)]!;
  });
};

export const channelScaleGrad: ReferenceKernel<"channelScaleGrad"> = ({ in: input, out, attrs }, memory) => {
  const dy = memory(input.dy);
  const s = memory(input.s);
  const dx = memory(out.dx);
  const ds = memory(out.ds).fill(0);
  const perImage = attrs.pixels * attrs.channels;
  memory(input.x).forEach((x, i) => {
    const factor = Math.floor(i / perImage) * attrs.channels + (i % attrs.channels);
    dx[i] = dy[i]! * s[factor]!;
    ds[factor] = ds[factor]! + dy[i]! * x;
  });
};
