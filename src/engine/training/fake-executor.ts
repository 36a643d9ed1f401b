import type { Batch, BatchResult, Executor, Session } from "../runtime/executor.ts";

/** For tests: an executor that computes nothing and answers what it is told. */
export interface FakeAnswers {
  /** The result of training step `step` (from 1), sums over the batch; NaN loss is divergence. */
  readonly step?: (step: number, count: number) => Omit<BatchResult, "count">;
  readonly evaluate?: (count: number, stepsBefore: number) => Omit<BatchResult, "count">;
}

export interface FakeExecutor extends Executor {
  readonly learningRates: number[];
  readonly batches: Uint32Array[];
  open: number;
}

export function createFakeExecutor(answers: FakeAnswers = {}): FakeExecutor {
  const { step = (_, count) => ({ lossSum: count, correct: 0 }), evaluate = step } = answers;
  const executor: FakeExecutor = {
    kind: "reference",
    device: "fake",
    learningRates: [],
    batches: [],
    open: 0,
    attach: async ({ count }) => ({ count, dispose() {} }),
    dispose: async () => {},
    load: async (plan, state) => {
      executor.open++;
      let steps = 0;
      const session: Session = {
        plan,
        async step(batch, learningRate) {
          executor.learningRates.push(learningRate);
          executor.batches.push(indicesOf(batch));
          const { length: count } = indicesOf(batch);
          return { ...step(++steps, count), count };
        },
        async evaluate(batch) {
          const { length: count } = indicesOf(batch);
          return { ...evaluate(count, steps), count };
        },
        read: async () => new Float32Array(),
        readState: async () => state,
        dispose: () => {
          executor.open--;
        },
      };
      return session;
    },
  };
  return executor;
}

function indicesOf(batch: Batch): Uint32Array {
  return batch.from === "resident" ? batch.indices : new Uint32Array();
}
