import type { KernelCase } from "../../src/engine/bench/single-calls.ts";
import type { PointwiseActivation } from "../../src/engine/plan/call.ts";

/** Per-image norms over all channels (groups = 1) or several groups of them. */
export function groupNormCases(
  batch: number,
  pixels: number,
  channels: number,
  groups: number,
  activation: PointwiseActivation,
): KernelCase[] {
  const [map, vector, statistic] = [batch * pixels * channels, batch * channels, batch * groups];
  const shape = `${batch}×${pixels}×${channels} g${groups} ${activation}`;
  const attrs = { batch, pixels, channels, groups, activation };
  const operands = { dy: 0, x: 1, mean: 2, invStd: 3, scale: 4, shift: 5 };
  const lengths = [map, map, statistic, statistic, vector, vector];
  return [
    {
      name: `groupNormStats ${shape}`,
      call: {
        op: "groupNormStats",
        label: "",
        in: { x: 0, gamma: 1, beta: 2 },
        out: { mean: 3, invStd: 4, scale: 5, shift: 6 },
        update: {},
        attrs: { batch, pixels, channels, groups, epsilon: 1e-5 },
      },
      lengths: [map, channels, channels, statistic, statistic, vector, vector],
    },
    {
      name: `affine per image ${shape}`,
      call: {
        op: "affine",
        label: "",
        in: { x: 0, scale: 1, shift: 2 },
        out: { y: 3 },
        update: {},
        attrs: { rows: batch * pixels, channels, activation, imageRows: pixels },
      },
      lengths: [map, vector, vector, map],
    },
    {
      name: `groupNormReduceGrad ${shape}`,
      call: {
        op: "groupNormReduceGrad",
        label: "",
        in: { ...operands, gamma: 6 },
        out: { dGamma: 7, dBeta: 8, sums: 9 },
        update: {},
        attrs,
      },
      lengths: [...lengths, channels, channels, channels, 2 * statistic],
    },
    {
      name: `groupNormInputGrad ${shape}`,
      call: {
        op: "groupNormInputGrad",
        label: "",
        in: { ...operands, sums: 6 },
        out: { dx: 7 },
        update: {},
        attrs,
      },
      lengths: [...lengths, 2 * statistic, map],
    },
  ];
}

export function proxyCases(channels: number, activation: PointwiseActivation): KernelCase[] {
  const attrs = { channels, activation, epsilon: 0.03, points: 32 };
  const operands = { gamma: 0, beta: 1, proxyScale: 2, proxyShift: 3 };
  const common = { label: "", update: {}, attrs };
  return [
    {
      name: `proxyMoments ${channels} ${activation}`,
      call: { op: "proxyMoments", in: operands, out: { scale: 4, shift: 5 }, ...common },
      lengths: new Array<number>(6).fill(channels),
    },
    {
      name: `proxyMomentsGrad ${channels} ${activation}`,
      call: {
        op: "proxyMomentsGrad",
        in: { ...operands, dScale: 4, dShift: 5 },
        out: { dGamma: 6, dBeta: 7, dProxyScale: 8, dProxyShift: 9 },
        ...common,
      },
      lengths: new Array<number>(10).fill(channels),
    },
  ];
}

/** Stochastic depth: one factor for each image. */
export function imageScaleCase(batch: number, pixels: number): KernelCase {
  const map = batch * pixels;
  return {
    name: `channelScale of whole images ${batch}×${pixels}`,
    call: {
      op: "channelScale",
      label: "",
      in: { x: 0, s: 1 },
      out: { y: 2 },
      update: {},
      attrs: { batch, pixels, channels: 1 },
    },
    lengths: [map, batch, map],
  };
}
