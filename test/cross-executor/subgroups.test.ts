import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createRng } from "../../src/engine/math/rng.ts";
import { createReferenceExecutor } from "../../src/engine/runtime/reference/executor.ts";
import { callCases, inputsOf } from "./cases.ts";
import { relativeError } from "./relative-error.ts";
import { type CallCase, runSingleCall } from "./single-call.ts";
import { type RemoteExecutor, sharedRemoteExecutor } from "./webgpu/remote-executor.ts";

/** float32 sums of ordinary values, relative to the largest value of the tensor, as in kernels.test.ts. */
const tolerance = 1e-5;

/** Calls that sum over the rows of a map in two stages, and in one: gradients of biases. */
const cases = (
  ["batchNormStats", "batchNormReduceGrad", "affineReduceGrad", "conv2dFilterGrad"] as const
).flatMap((op) => {
  const all: CallCase[] = fc.sample(callCases[op], { numRuns: 40, seed: 20_262 });
  const summed = all.filter(({ call }) => op !== "conv2dFilterGrad" || "dBias" in call.out);
  return summed.slice(0, op === "conv2dFilterGrad" ? 1 : 8).map((callCase, i) => [op, i, callCase] as const);
});

describe("sums by subgroups, of whatever width", () => {
  let executor: RemoteExecutor;
  const oracle = createReferenceExecutor();
  beforeAll(async () => {
    executor = await sharedRemoteExecutor("subgroups");
  });
  afterAll(() => executor.dispose());

  test.each(cases)(
    "%s, call %i, equal the reference's within 1e-5 of the largest",
    async (_op, seed, callCase) => {
      const rng = createRng(seed, "inputs");
      const inputs = inputsOf(callCase, () => rng.float());
      const expected = await runSingleCall(oracle, callCase, inputs);
      const actual = await runSingleCall(executor, callCase, inputs);
      for (const [id, values] of expected)
        expect(relativeError(actual.get(id), values, callCase.magnitude)).toBeLessThan(tolerance);
    },
  );
});
