import type { MapsShape } from "../../../plan/call.ts";
import type { Memory, ReferenceKernel } from "./memory.ts";
import { slope } from "./pointwise.ts";

// N images of P pixels × C channels in G groups of C/G channels. Means and sums [n][g], scale and shift [n][c].

type Grouped = MapsShape & { readonly groups: number };

/** Elements of one group of one image: its index among the groups, and what to do with each of its elements. */
function eachGroup(g: Grouped, visit: (group: number, eachElement: ElementLoop) => void): void {
  const width = g.channels / g.groups;
  for (let n = 0; n < g.batch; n++) {
    for (let group = 0; group < g.groups; group++) {
      visit(n * g.groups + group, (element) => {
        for (let p = 0; p < g.pixels; p++) {
          for (let c = group * width; c < (group + 1) * width; c++) {
            element((n * g.pixels + p) * g.channels + c, c, n * g.channels + c);
          }
        }
      });
    }
  }
}

/** Calls back with the element of the map, its channel and its place in a per-image vector. */
type ElementLoop = (element: (i: number, c: number, imageChannel: number) => void) => void;

export const groupNormStats: ReferenceKernel<"groupNormStats"> = ({ in: input, out, attrs }, memory) => {
  const [x, gamma, beta] = [memory(input.x), memory(input.gamma), memory(input.beta)];
  const [mean, invStd] = [memory(out.mean), memory(out.invStd)];
  const [scale, shift] = [memory(out.scale), memory(out.shift)];
  const count = (attrs.pixels * attrs.channels) / attrs.groups;
  eachGroup(attrs, (group, eachElement) => {
    let sum = 0;
    eachElement((i) => {
      sum += x[i]!;
    });
    const m = sum / count;
    let squares = 0;
    eachElement((i) => {
      squares += (x[i]! - m) ** 2;
    });
    const inverse = 1 / Math.sqrt(squares / count + attrs.epsilon);
    mean[group] = m;
    invStd[group] = inverse;
    eachElement((_, c, imageChannel) => {
      scale[imageChannel] = gamma[c]! * inverse;
      shift[imageChannel] = beta[c]! - m * gamma[c]! * inverse;
    });
  });
};

type GradCall = Parameters<typeof groupNormReduceGrad | typeof groupNormInputGrad>[0];

/** For element i of a group: dz, the gradient at the norm's output (behind the activation), and x̂. */
function elements({ in: input, attrs }: GradCall, memory: Memory) {
  const [dy, x] = [memory(input.dy), memory(input.x)];
  const [mean, invStd] = [memory(input.mean), memory(input.invStd)];
  const [scale, shift] = [memory(input.scale), memory(input.shift)];
  return {
    dz: (i: number, imageChannel: number) =>
      dy[i]! * slope(attrs.activation, scale[imageChannel]! * x[i]! + shift[imageChannel]!),
    normalized: (i: number, group: number) => (x[i]! - mean[group]!) * invStd[group]!,
  };
}

export const groupNormReduceGrad: ReferenceKernel<"groupNormReduceGrad"> = (call, memory) => {
  const { in: input, out, attrs } = call;
  const { dz, normalized } = elements(call, memory);
  const gamma = memory(input.gamma);
  const [dGamma, dBeta, sums] = [memory(out.dGamma), memory(out.dBeta), memory(out.sums)];
  dGamma.set(input.dGammaProxy === undefined ? new Float64Array(attrs.channels) : memory(input.dGammaProxy));
  dBeta.set(input.dBetaProxy === undefined ? new Float64Array(attrs.channels) : memory(input.dBetaProxy));
  const count = (attrs.pixels * attrs.channels) / attrs.groups;
  eachGroup(attrs, (group, eachElement) => {
    let sum = 0;
    let product = 0;
    eachElement((i, c, imageChannel) => {
      const gradient = dz(i, imageChannel);
      const xHat = normalized(i, group);
      dBeta[c] = dBeta[c]! + gradient;
      dGamma[c] = dGamma[c]! + gradient * xHat;
      sum += gamma[c]! * gradient;
      product += gamma[c]! * gradient * xHat;
    });
    sums[2 * group] = sum / count;
    sums[2 * group + 1] = product / count;
  });
};

export const groupNormInputGrad: ReferenceKernel<"groupNormInputGrad"> = (call, memory) => {
  const { in: input, out, attrs } = call;
  const { dz, normalized } = elements(call, memory);
  const [invStd, scale, sums] = [memory(input.invStd), memory(input.scale), memory(input.sums)];
  const addend = input.addend === undefined ? undefined : memory(input.addend);
  const dx = memory(out.dx);
  eachGroup(attrs, (group, eachElement) => {
    eachElement((i, _, imageChannel) => {
      const common = sums[2 * group]! + normalized(i, group) * sums[2 * group + 1]!;
      const gradient = scale[imageChannel]! * dz(i, imageChannel) - invStd[group]! * common;
      dx[i] = gradient + (addend ? addend[i]! : 0);
    });
  });
};
