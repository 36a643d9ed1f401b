import { describe, expect, test } from "vitest";
import { createFakeExecutor } from "../../../../test/fixtures/fake-executor.ts";
import { buildGraph } from "../../graph/build.ts";
import { networkOf, smallImageFrame } from "../../network/frame.ts";
import { compilePlan, defaultOptimizer } from "../../plan/compile.ts";
import { allFusions } from "../../plan/fusion.ts";
import type { Plan } from "../../plan/plan.ts";
import type { Executor } from "../executor.ts";
import { checkRoom } from "../room.ts";
import { type BufferLimits, bufferBytes, lowerPlan, roomFor } from "./lowered-plan.ts";
import { softwareTiles } from "./tiles.ts";

const graph = buildGraph(networkOf(smallImageFrame, [{ block: "vanilla", depth: 1, width: 8, stride: 2 }]));
const planAt = (batch: number) =>
  compilePlan(graph, { batch, optimizer: defaultOptimizer, fuse: allFusions });
const lowered = (plan: Plan) => lowerPlan(plan, softwareTiles);
const largest = (batch: number) =>
  Math.max(...lowered(planAt(batch)).placement.buffers.map(({ length }) => bufferBytes(4 * length)));

function under(limits: BufferLimits): Executor {
  return { ...createFakeExecutor(), room: (plan) => roomFor(lowered(plan), limits) };
}

describe("the room of a GPU", () => {
  test.each([2, 31, 63])(
    "where the largest buffer at a batch of %i is the adapter's limit, of buffers or of bindings, 64 are refused and it is named",
    (fitting) => {
      const [most, more] = [largest(fitting), largest(256)];
      for (const limits of [
        { maxBufferSize: most, maxStorageBufferBindingSize: more },
        { maxBufferSize: more, maxStorageBufferBindingSize: most },
      ]) {
        const refusal = expect(() => checkRoom(under(limits), planAt(64), planAt));
        refusal.toThrow(expect.objectContaining({ code: "out-of-memory" }));
        refusal.toThrow(
          new RegExp(
            `^a network at batch 64 needs [\\d.]+ MB \\(${largest(64)} bytes\\) in one buffer, ` +
              `[\\d.]+ MB are available: a batch of ${fitting} would fit$`,
          ),
        );
        expect(() => checkRoom(under(limits), planAt(fitting), planAt)).not.toThrow();
      }
    },
  );

  test("a limit below the images of one batch leaves no batch", () => {
    const limits = { maxBufferSize: largest(64), maxStorageBufferBindingSize: 256 };
    expect(() => checkRoom(under(limits), planAt(64), planAt, 2)).toThrow("not even a batch of 2 would fit");
  });
});
