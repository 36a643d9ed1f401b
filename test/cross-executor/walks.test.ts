import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createRng } from "../../src/engine/math/rng.ts";
import type { ConvGeometry } from "../../src/engine/plan/call.ts";
import type { Executor } from "../../src/engine/runtime/executor.ts";
import { createReferenceExecutor } from "../../src/engine/runtime/reference/executor.ts";
import { callCase, filterLength, normedAttrs, normedOperands, xLength, yLength } from "./case-parts.ts";
import { inputsOf } from "./cases.ts";
import { executors } from "./executors.ts";
import { windows } from "./shapes.ts";
import { type CallCase, runSingleCall } from "./single-call.ts";

/**
 * Several steps across with a rest, strided or not; an image of one band and of several, which both directions cut; images
 * that share an invocation (many channels), and subgroups across images (units that four does not divide).
 */
const odd = { batch: 2, height: 9, width: 9, channels: 24 };
const tall = { batch: 3, height: 30, width: 11, channels: 4 };
const wide = { batch: 5, height: 3, width: 1, channels: 520 };

const geometry = (
  kernel: number,
  stride: number,
  { batch, height, width, channels }: typeof odd,
): ConvGeometry => ({
  batch,
  ...windows(height, width, kernel, stride),
  channels,
  filters: channels,
  groups: channels,
});

const geometries: readonly ConvGeometry[] = [
  geometry(3, 1, odd),
  geometry(3, 1, tall),
  geometry(3, 2, odd),
  geometry(3, 2, wide),
  geometry(5, 1, wide),
  geometry(5, 2, tall),
  geometry(5, 1, tall),
];

/** Of images, whose filters all read the same channels. */
const stems: readonly ConvGeometry[] = [
  { ...geometry(3, 1, { ...tall, channels: 3 }), filters: 20, groups: 1 },
  { ...geometry(3, 2, { ...odd, channels: 1 }), filters: 12, groups: 1 },
];

/** Behind a norm, or with statistics or an addend, in turns. */
const cases: readonly CallCase[] = [...geometries, ...stems].flatMap((attrs, i) => {
  const stem = attrs.groups === 1;
  const norm = i % 2 === 1 && !stem;
  const xActivation = norm ? "relu" : undefined;
  const statistics = i % 4 < 2;
  const conv2d = callCase("conv2d", (o) => ({
    in: {
      x: o.of(xLength(attrs)),
      filters: o.of(filterLength(attrs)),
      ...o.optional(!statistics, "bias", attrs.filters),
      ...normedOperands(o, attrs, xActivation),
      ...o.optional(statistics, "gamma", attrs.filters),
      ...o.optional(statistics, "beta", attrs.filters),
    },
    out: {
      y: o.of(yLength(attrs)),
      ...o.optional(statistics, "mean", attrs.filters),
      ...o.optional(statistics, "invStd", attrs.filters),
      ...o.optional(statistics, "scale", attrs.filters),
      ...o.optional(statistics, "shift", attrs.filters),
    },
    update: {
      ...o.optional(statistics, "runningMean", attrs.filters),
      ...o.optional(statistics, "runningVar", attrs.filters),
    },
    attrs: {
      ...attrs,
      ...normedAttrs(xActivation),
      ...(statistics ? { statistics: { epsilon: 1e-5, momentum: 0.1 } } : {}),
    },
  }));
  const inputGrad = callCase("conv2dInputGrad", (o) => ({
    in: {
      dy: o.of(yLength(attrs)),
      filters: o.of(filterLength(attrs)),
      ...o.optional(!norm, "addend", xLength(attrs)),
      ...o.optional(norm, "x", xLength(attrs)),
      ...normedOperands(o, attrs, xActivation),
      ...o.optional(norm, "xMean", attrs.channels),
      ...o.optional(norm, "xInvStd", attrs.channels),
    },
    out: {
      dx: o.of(xLength(attrs)),
      ...o.optional(norm, "xDGamma", attrs.channels),
      ...o.optional(norm, "xDBeta", attrs.channels),
    },
    attrs: { ...attrs, ...normedAttrs(xActivation) },
  }));
  const filterGrad = callCase("conv2dFilterGrad", (o) => ({
    in: { x: o.of(xLength(attrs)), dy: o.of(yLength(attrs)), ...normedOperands(o, attrs, xActivation) },
    out: { dFilters: o.of(filterLength(attrs)) },
    attrs: { ...attrs, ...normedAttrs(xActivation) },
  }));
  // Nothing asks for the gradient of images.
  return stem ? [conv2d, filterGrad] : [conv2d, inputGrad, filterGrad];
});

const onGpu = executors.filter(({ name }) => name.startsWith("webgpu"));

describe.each(onGpu)("$name", ({ create }) => {
  let executor: Executor;
  const oracle = createReferenceExecutor();
  beforeAll(async () => {
    executor = await create();
  });
  afterAll(() => executor.dispose());

  test.each(
    cases.map((one) => {
      const { kernel, stride, height, width, channels, groups } = one.call.attrs as ConvGeometry;
      const kind = groups === 1 ? "stem" : "depthwise";
      return {
        name: `${one.call.op} ${kind} ${kernel}×${kernel}/${stride} on ${height}×${width}×${channels}`,
        one,
      };
    }),
  )("walks, within 1e-5 of the reference: $name", async ({ one }) => {
    const rng = createRng(7, "walks");
    const inputs = inputsOf(one, () => rng.float());
    const expected = await runSingleCall(oracle, one, inputs);
    const actual = await runSingleCall(executor, one, inputs);
    for (const [id, values] of expected) {
      const largest = Math.max(...values.map(Math.abs));
      values.forEach((value, i) => {
        expect(Math.abs((actual.get(id)?.[i] ?? Number.NaN) - value) / largest).toBeLessThan(1e-5);
      });
    }
  });
});
