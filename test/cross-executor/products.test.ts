import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createRng } from "../../src/engine/math/rng.ts";
import type { ConvGeometry } from "../../src/engine/plan/call.ts";
import type { Executor } from "../../src/engine/runtime/executor.ts";
import { createReferenceExecutor } from "../../src/engine/runtime/reference/executor.ts";
import { callCase, filterLength, normedAttrs, normedOperands, xLength, yLength } from "./case-parts.ts";
import { inputsOf } from "./cases.ts";
import { convCases } from "./conv-cases.ts";
import { executors } from "./executors.ts";
import { windows } from "./shapes.ts";
import { type CallCase, runSingleCall } from "./single-call.ts";

/** 1×1, one group. Pixels: 45, no multiple of four, or 18 of a stride; channels and filters beyond whole tiles, or below one. */
function geometry(channels: number, filters: number, stride: number, batch = 3): ConvGeometry {
  const [height, width] = [5, 3];
  const [outHeight, outWidth] = [Math.ceil(height / stride), Math.ceil(width / stride)];
  const map = { batch, height, width, outHeight, outWidth };
  return { ...map, channels, filters, kernel: 1, stride, padding: 0, groups: 1 };
}

const geometries = [
  geometry(20, 44, 1),
  geometry(20, 44, 2),
  geometry(8, 4, 1),
  geometry(4, 12, 2),
  // Chunks that a second stage joins.
  geometry(20, 12, 1, 31),
];

const filterGrads: readonly CallCase[] = geometries.flatMap((attrs) =>
  ([undefined, "relu"] as const).map((xActivation) =>
    callCase("conv2dFilterGrad", (o) => ({
      in: { x: o.of(xLength(attrs)), dy: o.of(yLength(attrs)), ...normedOperands(o, attrs, xActivation) },
      out: { dFilters: o.of(filterLength(attrs)) },
      attrs: { ...attrs, ...normedAttrs(xActivation) },
    })),
  ),
);

/** Maps that are written in whole tiles and in parts of one, of three vectors and more; quads that make several tiles; strides. */
const maps = [
  geometry(20, 44, 1),
  geometry(12, 20, 1, 31),
  geometry(76, 76, 1, 72),
  geometry(20, 44, 2),
  geometry(12, 20, 3, 31),
].flatMap((attrs) => {
  const { conv2d, conv2dInputGrad } = convCases(fc.constant(attrs));
  // With a norm before and without; sums for norms; an addend.
  return [
    ...fc.sample(conv2d, { seed: 11, numRuns: 2 }),
    ...fc.sample(conv2dInputGrad, { seed: 3, numRuns: 2 }),
  ];
});

/** 3×3, groups of 8, 16 and 32: lines of one segment and more, of parts of one, strides; filter gradients of two chunks. */
const grouped = [
  { height: 5, width: 11, stride: 1, groupWidth: 16 },
  { height: 4, width: 3, stride: 1, groupWidth: 32 },
  { height: 7, width: 9, stride: 2, groupWidth: 16 },
  { height: 9, width: 11, stride: 1, groupWidth: 8 },
].flatMap(({ height, width, stride, groupWidth }) => {
  const channels = 2 * groupWidth;
  const attrs = { batch: 3, channels, filters: channels, groups: 2, ...windows(height, width, 3, stride) };
  const { conv2d, conv2dInputGrad, conv2dFilterGrad } = convCases(fc.constant(attrs));
  return [
    ...fc.sample(conv2dFilterGrad, { seed: 5, numRuns: 1 }),
    // Groups of 8: random shapes are enough.
    ...(groupWidth === 8 ? [] : fc.sample(conv2d, { seed: 11, numRuns: 2 })),
    ...(groupWidth === 8 ? [] : fc.sample(conv2dInputGrad, { seed: 3, numRuns: 2 })),
  ];
});

const nameOf = ({ call }: CallCase) =>
  `${call.op} ${Object.keys(call.in).join(" ")} ${JSON.stringify(call.attrs)}`;

const onGpu = executors.filter(({ name }) => name.startsWith("webgpu"));

describe.each(onGpu)("$name", ({ create }) => {
  let executor: Executor;
  const oracle = createReferenceExecutor();
  beforeAll(async () => {
    executor = await create();
  });
  afterAll(() => executor.dispose());

  test.each([...filterGrads, ...maps, ...grouped].map((one) => ({ name: nameOf(one), one })))(
    "a convolution by quads is within 1e-5 of the reference: $name",
    async ({ one }) => {
      const rng = createRng(7, "products");
      const inputs = inputsOf(one, () => rng.float());
      const expected = await runSingleCall(oracle, one, inputs);
      const actual = await runSingleCall(executor, one, inputs);
      for (const [id, values] of expected) {
        const found = actual.get(id) ?? [];
        const wanted = Array.from(values);
        const largest = wanted.reduce((most, value) => Math.max(most, Math.abs(value)), 0);
        const off = wanted.map((value, i) => Math.abs((found[i] ?? Number.NaN) - value) / largest);
        expect(off.find((one) => !(one < 1e-5))).toBeUndefined();
      }
    },
  );
});
