import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildGraph } from "../../src/engine/graph/build.ts";
import { createRng } from "../../src/engine/math/rng.ts";
import { networkOf, smallImageFrame } from "../../src/engine/network/frame.ts";
import type { TensorId } from "../../src/engine/plan/call.ts";
import type { KernelCall } from "../../src/engine/plan/calls.ts";
import { compilePlan, defaultOptimizer } from "../../src/engine/plan/compile.ts";
import { allFusions } from "../../src/engine/plan/fusion.ts";
import type { Plan } from "../../src/engine/plan/plan.ts";
import type { ModelState } from "../../src/engine/runtime/executor.ts";
import { createReferenceExecutor } from "../../src/engine/runtime/reference/executor.ts";
import { halfMaps } from "../../src/engine/runtime/webgpu/lower/halves.ts";
import { createProgram, lowerCall } from "../../src/engine/runtime/webgpu/lower/lower.ts";
import { defaultTiles } from "../../src/engine/runtime/webgpu/tiles.ts";
import { initialState } from "../../src/engine/training/initialize.ts";
import { callCases, inputsOf } from "./cases.ts";
import { toHalf } from "./half.ts";
import { batchOf } from "./one-block.ts";
import { relativeError } from "./relative-error.ts";
import { type CallCase, runSingleCall } from "./single-call.ts";
import { mapRoles, planThroughMaps } from "./through-maps.ts";
import { type RemoteExecutor, sharedRemoteExecutor } from "./webgpu/remote-executor.ts";

const network = networkOf({ ...smallImageFrame, input: { height: 9, width: 7, channels: 1 } }, [
  { block: "res_bottleneck", depth: 1, width: 40, stride: 2, bottleneckRatio: 1, groupWidth: 8, seRatio: 0 },
]);

/** float32 sums of ordinary values, relative to the largest value of the tensor, as in kernels.test.ts. */
const tolerance = 1e-5;
/** Of a map that is stored: a unit of the last place, since adapters may round either way. */
const unit = 2 ** -10;

/** Averages are of vectors. */
const mapCases = Object.entries(callCases).filter(([op]) => op !== "average");

/** Random calls of the suite that have a map which can be stored so, the first few of each kernel. */
const cases = mapCases.flatMap(([op, arbitrary]) => {
  const all = sampled(arbitrary, 60).filter((callCase) => mapsOf(planThroughMaps(callCase)).size > 0);
  return all.slice(0, /^conv/.test(op) ? 3 : 1).map((callCase, i) => [op, i, callCase] as const);
});

function sampled(arbitrary: unknown, numRuns: number): CallCase[] {
  return fc.sample(arbitrary as fc.Arbitrary<CallCase>, { numRuns, seed: 20_261 });
}

const isMap = (role: string) => (mapRoles as readonly string[]).includes(role);

function mapsOf(plan: Plan): ReadonlySet<TensorId> {
  const program = createProgram(plan, defaultTiles);
  const lists = [plan.train, plan.evaluate].map((calls) => program.list(calls, lowerCall));
  return halfMaps(program, lists);
}

describe("maps as float16", () => {
  let executor: RemoteExecutor;
  const oracle = createReferenceExecutor();
  beforeAll(async () => {
    executor = await sharedRemoteExecutor("halves");
  });
  afterAll(() => executor.dispose());

  test("every kernel that reads or writes a map is among them", () => {
    const withMaps = mapCases.filter(([, arbitrary]) =>
      sampled(arbitrary, 9).some(({ call }) =>
        [...Object.keys(call.in), ...Object.keys(call.out)].some(isMap),
      ),
    );
    const names = withMaps.map(([op]) => op);
    expect([...new Set(cases.map(([op]) => op))]).toEqual(names);
  });

  test.each(cases)(
    "%s, call %i: as the reference, whose maps are float16 to begin with",
    async (_op, seed, callCase) => {
      const rng = createRng(seed, "inputs");
      const inputs = inputsOf(callCase, () => rng.float());
      for (const [role, id] of Object.entries(callCase.call.in) as [string, TensorId][])
        if (isMap(role)) inputs.set(id, inputs.get(id)!.map(toHalf));
      const expected = await runSingleCall(oracle, callCase, inputs);
      const actual = await runSingleCall(executor, callCase, inputs, planThroughMaps(callCase));
      for (const [id, values] of expected) {
        const stored = "y" in callCase.call.out && callCase.call.out.y === id;
        expect(relativeError(actual.get(id), values, callCase.magnitude, stored ? unit : 0)).toBeLessThan(
          tolerance,
        );
      }
    },
  );

  test("values are stored as they are up to ±65,504, and as no number beyond, NaN too", async () => {
    const call: KernelCall = {
      ...{ op: "affine", label: "", in: { x: 0 }, out: { y: 1 }, update: {} },
      attrs: { rows: 2, channels: 4, activation: "none" },
    };
    // In every place of a vector, beside the other kind.
    const values = [65504, 65536, -65504, Number.NaN, -65536, 65472, Number.POSITIVE_INFINITY, 2 ** -14];
    const lengths = new Map([
      [0, 8],
      [1, 8],
    ]);
    const callCase = { call, lengths };
    const x = Float32Array.from(values);
    const y = (await runSingleCall(executor, callCase, new Map([[0, x]]), planThroughMaps(callCase))).get(1)!;
    values.forEach((value, i) => {
      if (Math.abs(value) <= 65504) expect(y[i]).toBe(value);
      else expect(Number.isFinite(y[i])).toBe(false);
    });
  });

  test("a map beyond float16 is told by a loss that is no number, in the next step at the latest", async () => {
    const plan = compilePlan(buildGraph(network), {
      batch: 4,
      optimizer: defaultOptimizer,
      fuse: allFusions,
    });
    const state = initialState(plan, 1);
    const stem = state.get("stem.conv.weight")!;
    const large: ModelState = new Map([...state, ["stem.conv.weight", stem.map((value) => 1e6 * value)]]);
    for (const [own, finite] of [
      [oracle, true],
      [executor, false],
    ] as const) {
      const session = await own.load(plan, large);
      const losses = [await session.step(batchOf(plan, 1), 0.1), await session.step(batchOf(plan, 2), 0.1)];
      session.dispose();
      expect(losses.every(({ lossSum }) => Number.isFinite(lossSum))).toBe(finite);
    }
  });

  // Of the two that are tried these tiles have one already; the self-test allows what it rounds.
  test("tuning tries sums by subgroups beside them, and takes those by the time that whole steps take", async () => {
    const { tiles, steps } = await executor.tuneSteps(network);
    const [sums] = steps;
    expect(steps).toEqual([
      { variant: "sums by subgroups", ms: expect.any(Number), taken: expect.any(Boolean) },
    ]);
    expect(tiles).toEqual({ ...defaultTiles, storage: "f16", sums: sums?.taken ? "subgroups" : "barriers" });
  });
});
