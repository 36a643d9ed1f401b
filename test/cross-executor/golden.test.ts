import { afterAll, beforeAll, describe, expect, test } from "vitest";
import type { Executor } from "../../src/engine/runtime/executor.ts";
import { goldenTolerances, verifyGolden } from "../../src/engine/runtime/verify/golden.ts";
import { goldenNames, readGolden } from "../fixtures/golden-files.ts";
import { kernelExecutors } from "./executors.ts";

describe.each(kernelExecutors)("$name trains as PyTorch does", ({ create }) => {
  let executor: Executor;
  beforeAll(async () => {
    executor = await create();
  });
  afterAll(() => executor.dispose());

  test.each(goldenNames)("%s: forward, gradients, statistics and five steps match", async (name) => {
    const { sidecar, tensors } = readGolden(name);
    const errors = await verifyGolden(sidecar, tensors, executor);
    for (const part of Object.keys(goldenTolerances) as (keyof typeof goldenTolerances)[])
      expect(errors[part], part).toBeLessThanOrEqual(goldenTolerances[part]);
    if (process.env.VERBOSE) process.stdout.write(`${name} ${JSON.stringify(errors)}\n`);
  });
});
