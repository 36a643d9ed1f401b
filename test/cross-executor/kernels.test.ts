import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { createRng } from "../../src/engine/math/rng.ts";
import type { TensorId } from "../../src/engine/plan/call.ts";
import type { Executor } from "../../src/engine/runtime/executor.ts";
import { createReferenceExecutor } from "../../src/engine/runtime/reference/executor.ts";
import { callCases, inputsOf, tailCases } from "./cases.ts";
import { tailConvCases, wideConvCases } from "./conv-cases.ts";
import { kernelExecutors } from "./executors.ts";
import { relativeError } from "./relative-error.ts";
import { type CallCase, runSingleCall } from "./single-call.ts";

/** float32 sums of ordinary values, relative to the largest value of the tensor. */
const tolerance = 1e-5;

describe.each(kernelExecutors)("$name", ({ name, create, runs }) => {
  let executor: Executor;
  const oracle = createReferenceExecutor();
  beforeAll(async () => {
    executor = await create();
  });
  afterAll(() => executor.dispose());

  test.each([
    ...Object.entries(callCases).map(([op, cases]) => [op, cases, 1] as const),
    ...wideConvCases.map(([op, cases]) => [op, cases, 1 / 4] as const),
  ])("%s: random shapes equal the reference within 1e-5 of the largest value", async (_op, cases, share) => {
    await fc.assert(
      fc.asyncProperty(cases, fc.integer({ min: 0, max: 1e9 }), async (callCase, seed) => {
        await expectTheReference(callCase, seed);
      }),
      { numRuns: Math.ceil(share * runs), seed: 20_260 },
    );
  });

  test.each([
    // Where there is no GPU, its tiles take long to compile: only what no other executor has, products in shared memory.
    ...tailConvCases(name.includes("GPU's tiles") ? "products" : "all"),
    ...tailCases.map(([op, cases]) => [op, [cases]] as const),
  ])("%s, several tails at once: within 1e-5 of the largest value, too", async (_op, cases) => {
    for (const [i, each] of cases.entries()) {
      const [callCase] = fc.sample(each, { numRuns: 1, seed: 20_263 + i });
      await expectTheReference(callCase!, i);
    }
  });

  async function expectTheReference(callCase: CallCase, seed: number): Promise<void> {
    const rng = createRng(seed, "inputs");
    const inputs = inputsOf(callCase, () => rng.float());
    const expected = await runSingleCall(oracle, callCase, inputs);
    const actual = await runSingleCall(executor, callCase, inputs);
    for (const [id, values] of expected) {
      const error = relativeError(actual.get(id), values, callCase.magnitude);
      expect(
        error,
        `${operandName(callCase.call, id)} of ${JSON.stringify(callCase.call.attrs)}`,
      ).toBeLessThan(tolerance);
    }
  }
});

function operandName(call: { readonly out: object; readonly update: object }, id: TensorId): string {
  const roles = Object.entries({ ...call.out, ...call.update }) as [string, TensorId][];
  return roles.find(([, tensor]) => tensor === id)?.[0] ?? `${id}`;
}
