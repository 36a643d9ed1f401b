import type { ReferenceKernel } from "./memory.ts";
import { activate, slope } from "./pointwise.ts";

// N images of P pixels and C channels, R channels of the squeeze. reduce [C][R], expand [R][C].

export const squeezeExcite: ReferenceKernel<"squeezeExcite"> = ({ in: input, out, attrs }, memory) => {
  const { batch, pixels, channels, squeezed, activation } = attrs;
  const [x, y, pooled, hidden, s] = [input.x, out.y, out.pooled, out.hidden, out.s].map(memory) as Arrays;
  const [reduce, expand] = [memory(input.reduce), memory(input.expand)];
  const [reduceBias, expandBias] = [memory(input.reduceBias), memory(input.expandBias)];
  for (let n = 0; n < batch; n++) {
    const map = n * pixels * channels;
    for (let c = 0; c < channels; c++) {
      let sum = 0;
      for (let p = 0; p < pixels; p++) sum += x[map + p * channels + c]!;
      pooled[n * channels + c] = sum / pixels;
    }
    for (let r = 0; r < squeezed; r++) {
      let sum = reduceBias[r]!;
      for (let c = 0; c < channels; c++) sum += pooled[n * channels + c]! * reduce[c * squeezed + r]!;
      hidden[n * squeezed + r] = sum;
    }
    for (let c = 0; c < channels; c++) {
      let sum = expandBias[c]!;
      for (let r = 0; r < squeezed; r++)
        sum += activate(activation, hidden[n * squeezed + r]!) * expand[r * channels + c]!;
      s[n * channels + c] = activate("sigmoid", sum);
    }
    for (let i = 0; i < pixels * channels; i++) y[map + i] = x[map + i]! * s[n * channels + (i % channels)]!;
  }
};

export const squeezeExciteGrad: ReferenceKernel<"squeezeExciteGrad"> = (
  { in: input, out, attrs },
  memory,
) => {
  const { batch, pixels, channels, squeezed, activation } = attrs;
  const [dy, x, pooled, hidden, s] = [input.dy, input.x, input.pooled, input.hidden, input.s].map(
    memory,
  ) as Arrays;
  const [reduce, expand, dx] = [memory(input.reduce), memory(input.expand), memory(out.dx)];
  const [dReduce, dReduceBias] = [memory(out.dReduce).fill(0), memory(out.dReduceBias).fill(0)];
  const [dExpand, dExpandBias] = [memory(out.dExpand).fill(0), memory(out.dExpandBias).fill(0)];
  for (let n = 0; n < batch; n++) {
    const map = n * pixels * channels;
    /** At what the sigmoid is applied to. */
    const dGate = Array.from({ length: channels }, (_, c) => {
      let ds = 0;
      for (let p = 0; p < pixels; p++) ds += dy[map + p * channels + c]! * x[map + p * channels + c]!;
      const factor = s[n * channels + c]!;
      return ds * factor * (1 - factor);
    });
    const dHidden = Array.from({ length: squeezed }, (_, r) => {
      let sum = 0;
      for (let c = 0; c < channels; c++) sum += dGate[c]! * expand[r * channels + c]!;
      return sum * slope(activation, hidden[n * squeezed + r]!);
    });
    for (let c = 0; c < channels; c++) {
      dExpandBias[c] = dExpandBias[c]! + dGate[c]!;
      let dPooled = 0;
      for (let r = 0; r < squeezed; r++) {
        const [down, up] = [c * squeezed + r, r * channels + c];
        dExpand[up] = dExpand[up]! + activate(activation, hidden[n * squeezed + r]!) * dGate[c]!;
        dReduce[down] = dReduce[down]! + pooled[n * channels + c]! * dHidden[r]!;
        dPooled += dHidden[r]! * reduce[down]!;
      }
      for (let p = 0; p < pixels; p++) {
        const i = map + p * channels + c;
        dx[i] = dy[i]! * s[n * channels + c]! + dPooled / pixels;
      }
    }
    for (let r = 0; r < squeezed; r++) dReduceBias[r] = dReduceBias[r]! + dHidden[r]!;
  }
};

type Arrays = [Float64Array, Float64Array, Float64Array, Float64Array, Float64Array];
