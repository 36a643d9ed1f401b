/**
 * Single kernels on the wasm executor, in Node: GFLOP/s of convolutions and GB/s (operands read and written once) of
 * the others, for maps that fit in the second-level cache and maps that do not.
 *
 *     npx tsx bench/wasm/kernels.ts [--only conv2d] [--build relaxed|simd] [--rows 4|6]
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { convFlops } from "../../src/engine/bench/profile.ts";
import { type KernelCase, runSingleCalls } from "../../src/engine/bench/single-calls.ts";
import type { PointwiseActivation } from "../../src/engine/plan/call.ts";
import { readsOf, writesOf } from "../../src/engine/plan/calls.ts";
import { createWasmExecutor, type WasmExecutorOptions } from "../../src/engine/runtime/wasm/executor.ts";
import { nodeKernels } from "../../src/engine/runtime/wasm/node-kernels.ts";
import { groupNormCases, imageScaleCase, proxyCases } from "./group-norm-cases.ts";

const { values } = parseArgs({
  options: {
    only: { type: "string", default: "" },
    build: { type: "string", default: "auto" },
    rows: { type: "string" },
  },
});

const cases: KernelCase[] = [
  ...[
    // height, stride, channels, filters, kernel, groups
    [7, 1, 80, 80, 1, 1],
    [7, 1, 240, 240, 1, 1],
    [28, 1, 16, 24, 1, 1],
    [28, 1, 16, 64, 1, 1],
    [14, 1, 112, 240, 1, 1],
    [28, 2, 24, 24, 3, 3],
    [14, 1, 48, 48, 3, 3],
    [7, 1, 112, 112, 3, 7],
    [4, 1, 240, 240, 3, 15],
    [14, 1, 32, 32, 3, 1],
    [28, 2, 48, 48, 3, 1],
    [14, 2, 48, 48, 3, 1],
    [7, 1, 48, 48, 3, 1],
    [4, 1, 48, 48, 3, 1],
    [14, 1, 96, 96, 3, 4],
    [28, 2, 96, 96, 3, 4],
    [7, 1, 128, 128, 3, 1],
    [14, 1, 32, 32, 3, 8],
    [28, 1, 1, 16, 3, 1],
    [28, 2, 64, 64, 3, 64],
    [14, 2, 96, 96, 5, 96],
    [7, 1, 160, 160, 5, 160],
    [4, 1, 320, 320, 3, 320],
  ].flatMap(([size = 1, stride = 1, channels = 1, filters = 1, kernel = 1, groups = 1]) =>
    convCases(64, size, stride, channels, filters, kernel, groups),
  ),
  ...[
    [3136, 24],
    [50_176, 24],
    [3136, 80],
    [50_176, 64],
  ].flatMap(([rows = 1, channels = 1]) => [
    ...normCases(rows, channels, "relu"),
    ...normCases(rows, channels, "silu"),
  ]),
  ...[
    [49, 24, 1],
    [784, 24, 1],
    [49, 80, 1],
    [784, 64, 1],
    [784, 64, 8],
  ].flatMap(([pixels = 1, channels = 1, groups = 1]) => [
    ...groupNormCases(64, pixels, channels, groups, "relu"),
    ...groupNormCases(64, pixels, channels, groups, "silu"),
  ]),
  ...proxyCases(64, "relu"),
  ...proxyCases(64, "silu"),
  imageScaleCase(64, 784 * 24),
];

const executor = await createWasmExecutor({
  loadKernels: nodeKernels(fileURLToPath(new URL("../../public/kernels", import.meta.url))),
  build: values.build as NonNullable<WasmExecutorOptions["build"]>,
  ...(values.rows ? { tileRows: values.rows === "6" ? 6 : 4 } : {}),
});
process.stderr.write(`${executor.device}, tiles of ${executor.tileRows} rows\n`);
for (const { name, call, lengths } of cases) {
  if (!name.includes(values.only)) continue;
  const { ms } = await runSingleCalls(executor, call, lengths, 250);
  const flops = convFlops(call);
  const bytes = 4 * [...readsOf(call), ...writesOf(call)].reduce((sum, id) => sum + (lengths[id] ?? 0), 0);
  const rate = flops ? `${(flops / ms / 1e6).toFixed(1)} GFLOP/s` : `${(bytes / ms / 1e6).toFixed(1)} GB/s`;
  process.stdout.write(`${rate.padStart(14)} ${ms.toFixed(3).padStart(9)} ms  ${name}\n`);
}

function convCases(
  batch: number,
  size: number,
  stride: number,
  channels: number,
  filters: number,
  kernel: number,
  groups: number,
): KernelCase[] {
  const padding = (kernel - 1) / 2;
  const out = Math.floor((size - 1) / stride) + 1;
  const attrs = {
    ...{ batch, height: size, width: size, channels, filters, kernel, stride, padding, groups },
    ...{ outHeight: out, outWidth: out },
  };
  const x = batch * size * size * channels;
  const y = batch * out * out * filters;
  const f = (kernel * kernel * channels * filters) / groups;
  const shape = `${size}×${size} s${stride} ${channels}→${filters} k${kernel} g${groups}`;
  const common = { label: "", update: {}, attrs };
  return [
    {
      name: `conv2d          ${shape}`,
      call: { op: "conv2d", in: { x: 0, filters: 1 }, out: { y: 2 }, ...common },
      lengths: [x, f, y],
    },
    {
      name: `conv2dInputGrad  ${shape}`,
      call: { op: "conv2dInputGrad", in: { dy: 0, filters: 1 }, out: { dx: 2 }, ...common },
      lengths: [y, f, x],
    },
    {
      name: `conv2dFilterGrad ${shape}`,
      call: { op: "conv2dFilterGrad", in: { x: 0, dy: 1 }, out: { dFilters: 2 }, ...common },
      lengths: [x, y, f],
    },
  ];
}

function normCases(rows: number, channels: number, activation: PointwiseActivation): KernelCase[] {
  const map = rows * channels;
  const shape = `${rows}×${channels} ${activation}`;
  const common = { label: "", update: {}, attrs: { rows, channels, activation } };
  const operands = { dy: 0, x: 1, mean: 2, invStd: 3, scale: 4, shift: 5 };
  return [
    {
      name: `batchNormStats ${shape}`,
      call: {
        op: "batchNormStats",
        label: "",
        in: { x: 0, gamma: 1, beta: 2 },
        out: { mean: 3, invStd: 4, scale: 5, shift: 6 },
        update: { runningMean: 7, runningVar: 8 },
        attrs: { rows, channels, epsilon: 1e-5, momentum: 0.1 },
      },
      lengths: [map, ...new Array<number>(8).fill(channels)],
    },
    {
      name: `affine ${shape}`,
      call: { op: "affine", in: { x: 0, scale: 1, shift: 2 }, out: { y: 3 }, ...common },
      lengths: [map, channels, channels, map],
    },
    {
      name: `batchNormReduceGrad ${shape}`,
      call: { op: "batchNormReduceGrad", in: operands, out: { dGamma: 6, dBeta: 7 }, ...common },
      lengths: [map, map, ...new Array<number>(6).fill(channels)],
    },
    {
      name: `batchNormInputGrad ${shape}`,
      call: {
        op: "batchNormInputGrad",
        in: { ...operands, dGamma: 6, dBeta: 7 },
        out: { dx: 8 },
        ...common,
      },
      lengths: [map, map, ...new Array<number>(6).fill(channels), map],
    },
  ];
}
