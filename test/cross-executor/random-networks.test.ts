import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Executor } from "../../src/engine/runtime/executor.ts";
import { createReferenceExecutor } from "../../src/engine/runtime/reference/executor.ts";
import { kernelExecutors } from "./executors.ts";
import { quantities, runStep, type StepErrors, type StepResults, stepErrors } from "./network-step.ts";
import { randomNetwork } from "./random-networks.ts";

/**
 * Of the largest value (network-step.ts); float32 sums of a step stay far below: 2e-6 of logits, 3e-5 of gradients in the
 * networks 0 to 62.
 */
const tolerances: StepErrors = {
  logits: 1e-5,
  loss: 1e-5,
  gradients: 1e-4,
  statistics: 1e-5,
  weights: 1e-4,
  evaluation: 1e-4,
};

/** A network that amplifies rounding may be off by so many times what rounded weights and pixels alone change. */
const roundings = 100;

/** NETWORKS=n compares the networks 0 to n − 1 on every executor; VERBOSE says by how much each is off. */
const asked = Number(process.env.NETWORKS ?? 0);
const first = Array.from({ length: asked }, (_, seed) => seed);
/** Cheap ones, by wasm alone; 31: two depthwise channels. Kernels of a GPU would be compiled for each. */
const few = [2, 4, 9, 11, 12, 24, 31, 36, 45, 46, 51, 61];
const compared = kernelExecutors.filter(({ name }) => name.startsWith(asked > 0 ? "w" : "wasm"));

const oracle = createReferenceExecutor();
const wanted = new Map<number, StepResults>();
async function wantedOf(seed: number): Promise<StepResults> {
  const results = wanted.get(seed) ?? (await runStep(randomNetwork(seed), oracle));
  wanted.set(seed, results);
  return results;
}

describe.each(compared)("$name", ({ name, create }) => {
  let executor: Executor;
  beforeAll(async () => {
    executor = await create();
  });
  afterAll(() => executor.dispose());

  const seeds = asked > 0 ? first : few;
  test.each(seeds.map((seed) => ({ seed, name: randomNetwork(seed).name })))(
    "a step of random network $name is the reference's, and so is what it leaves",
    async ({ seed }) => {
      const network = randomNetwork(seed);
      const expected = await wantedOf(seed);
      const { errors, worst } = stepErrors(await runStep(network, executor), expected);
      if (process.env.VERBOSE) process.stdout.write(`${JSON.stringify({ executor: name, seed, errors })}\n`);
      if (quantities.every((quantity) => errors[quantity] <= tolerances[quantity])) return;
      const { errors: rounded } = stepErrors(await runStep(network, oracle, 2 ** -24), expected);
      for (const quantity of quantities)
        expect(errors[quantity], `${quantity}: ${worst[quantity]}`).toBeLessThanOrEqual(
          Math.max(tolerances[quantity], roundings * rounded[quantity]),
        );
    },
  );
});
