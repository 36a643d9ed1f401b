import { describe, expect, test } from "vitest";
import { createFakeExecutor } from "../../../test/fixtures/fake-executor.ts";
import { buildGraph } from "../graph/build.ts";
import { networkOf, smallImageFrame } from "../network/frame.ts";
import { compilePlan, defaultOptimizer } from "../plan/compile.ts";
import { planBytes } from "../plan/plan.ts";
import type { Executor } from "./executor.ts";
import { checkRoom } from "./room.ts";

const graph = buildGraph(networkOf(smallImageFrame, [{ block: "vanilla", depth: 1, width: 8, stride: 2 }]));
const planAt = (batch: number) => compilePlan(graph, { batch, optimizer: defaultOptimizer });

function having(available: number): Executor {
  return { ...createFakeExecutor(), room: (plan) => ({ needed: planBytes(plan), available }) };
}

describe("room for a plan", () => {
  test.each([1, 2, 3, 31, 62, 63])(
    "where a batch of %i just fits, 64 are refused and it is named",
    (fitting) => {
      const available = planBytes(planAt(fitting));
      const refusal = expect(() => checkRoom(having(available), planAt(64), planAt));
      refusal.toThrow(expect.objectContaining({ code: "out-of-memory" }));
      refusal.toThrow(
        new RegExp(
          `^a network at batch 64 needs [\\d.]+ MB \\(${planBytes(planAt(64))} bytes\\), ` +
            `[\\d.]+ MB are available: a batch of ${fitting} would fit$`,
        ),
      );
      expect(() => checkRoom(having(available), planAt(fitting), planAt)).not.toThrow();
    },
  );

  test("where not even the smallest batch fits, the network is too large", () => {
    const executor = having(planBytes(planAt(1)));
    expect(() => checkRoom(executor, planAt(64), planAt, 2)).toThrow(
      "not even a batch of 2 would fit, take a smaller network",
    );
    expect(() => checkRoom(executor, planAt(2), planAt, 2)).toThrow("not even a batch of 2 would fit");
  });

  test("an executor that does not know takes what comes", () => {
    expect(() => checkRoom(createFakeExecutor(), planAt(64), planAt)).not.toThrow();
  });
});
