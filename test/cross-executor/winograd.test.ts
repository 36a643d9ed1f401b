import fc from "fast-check";
import { describe, expect, test } from "vitest";
import { createRng } from "../../src/engine/math/rng.ts";
import { createReferenceExecutor } from "../../src/engine/runtime/reference/executor.ts";
import { inputsOf } from "./cases.ts";
import { convCases } from "./conv-cases.ts";
import { executors } from "./executors.ts";
import { relativeError } from "./relative-error.ts";
import { windows } from "./shapes.ts";
import { type CallCase, runSingleCall } from "./single-call.ts";

/**
 * 3×3 of wide groups on maps of 99 pixels, of which wasm takes an image a chunk: nine images of two groups are more than the
 * eight slots of their filter gradient, so that a slot adds a second chunk to its first.
 */
const filterGrads = [windows(9, 11, 3, 1), windows(17, 21, 3, 2)].flatMap((map) => {
  const { conv2dFilterGrad } = convCases(
    fc.constant({ batch: 9, ...map, groups: 2, channels: 48, filters: 48 }),
  );
  const some = fc.sample(conv2dFilterGrad, { seed: 1, numRuns: 20 });
  // Through the norm before, and through the one behind.
  return ["xScale", "yScale"].map((only) => {
    const others = ["xScale", "yScale"].filter((role) => role !== only);
    const has = ({ call }: CallCase, role: string) => Object.hasOwn(call.in, role);
    const found = some.find((each) => has(each, only) && !others.some((role) => has(each, role)));
    return [map.stride, only, found!] as const;
  });
});

describe("filter gradients of wide 3×3 groups, two chunks a slot", () => {
  const oracle = createReferenceExecutor();
  test.each(filterGrads)("stride %i, with %s: within 1e-5 of the largest value", async (_s, _n, callCase) => {
    const rng = createRng(1, "inputs");
    const inputs = inputsOf(callCase, () => rng.float());
    const expected = await runSingleCall(oracle, callCase, inputs);
    for (const { create } of executors.filter(({ name }) => name.startsWith("wasm"))) {
      const executor = await create();
      const actual = await runSingleCall(executor, callCase, inputs);
      await executor.dispose();
      for (const [id, values] of expected)
        expect(relativeError(actual.get(id), values, callCase.magnitude)).toBeLessThan(1e-5);
    }
  });
});
