import { afterAll, beforeAll, describe, expect, test } from "vitest";
import { buildGraph } from "../../src/engine/graph/build.ts";
import { networkOf, smallImageFrame } from "../../src/engine/network/frame.ts";
import { compilePlan } from "../../src/engine/plan/compile.ts";
import type { Executor, ModelState, Weights } from "../../src/engine/runtime/executor.ts";
import { compileOptions, regimeSchema } from "../../src/engine/training/regime.ts";
import { learningRateAt } from "../../src/engine/training/schedule.ts";
import { readReference } from "../fixtures/reference.ts";
import { executors } from "./executors.ts";

type Values = Readonly<Record<string, readonly number[]>>;

interface TorchRun {
  readonly regime: object;
  readonly set: {
    readonly side: number;
    readonly mean: number;
    readonly std: number;
    readonly pixels: readonly number[];
    readonly labels: readonly number[];
  };
  readonly start: Values;
  readonly steps: readonly {
    readonly indices: readonly number[];
    readonly partners: readonly number[];
    readonly lambdas: readonly number[];
    readonly learningRate: number;
    readonly loss: number;
  }[];
  readonly trained: Values;
  readonly averages: Values;
  /** Sums of the losses of the first batch's images. */
  readonly evaluated: Readonly<Record<Weights, number>>;
}

const torch = readReference<TorchRun>("regime-steps.json");
const { side, mean, std, pixels, labels } = torch.set;
const batch = torch.steps[0]!.indices.length;
const regime = regimeSchema.parse({ ...torch.regime, images: 16, batch, spareNorms: true });

test("the learning rate of every step, warm-up and cosine, is that of PyTorch's chained schedulers", () => {
  torch.steps.forEach(({ learningRate }, step) => {
    expect(learningRateAt(regime, step, torch.steps.length)).toBeCloseTo(learningRate, 14);
  });
});

describe.each(executors)("six steps of PyTorch's on $name", ({ create }) => {
  let executor: Executor;
  beforeAll(async () => {
    executor = await create();
  });
  afterAll(() => executor.dispose());

  test("mixup of smoothed labels, decay that spares norms, warm-up and averages: losses, weights, averages and both evaluations", async () => {
    const input = { height: side, width: side, channels: 1 };
    const frame = { ...smallImageFrame, input, classes: 3, stem: { type: "small", width: 4 } } as const;
    const spec = networkOf(frame, [{ block: "vanilla", depth: 1, width: 8, stride: 2 }]);
    const plan = compilePlan(buildGraph(spec), compileOptions(regime));
    const images = await executor.attach({
      ...{ shape: [side, side, 1], count: labels.length, mean: [mean], std: [std] },
      images: Uint8Array.from(pixels),
      labels: Uint8Array.from(labels),
    });
    const start = new Map(Object.entries(torch.start).map(([name, of]) => [name, Float64Array.from(of)]));
    const session = await executor.load(plan, start);
    // Single precision adds up over the steps; the reference is as precise as PyTorch was here, in double.
    const tolerance = executor.kind === "reference" ? 1e-7 : 2e-4;
    const near = (value: number, wanted: number, scale: number, what: string) =>
      expect(Math.abs(value - wanted) / scale, what).toBeLessThan(tolerance);
    for (const [step, { indices, partners, lambdas, loss }] of torch.steps.entries()) {
      const mix = { partners: Uint32Array.from(partners), lambdas: Float32Array.from(lambdas) };
      const result = await session.step(
        { from: "resident", images, indices: Uint32Array.from(indices), transforms: { mix } },
        learningRateAt(regime, step, torch.steps.length),
      );
      near(result.lossSum / batch, loss, loss, `loss of step ${step}`);
    }
    const nearAll = (state: ModelState, wanted: Values) => {
      expect([...state.keys()].sort()).toEqual(Object.keys(wanted).sort());
      for (const [name, values] of Object.entries(wanted)) {
        const scale = Math.max(...values.map(Math.abs));
        values.forEach((value, i) => {
          near(state.get(name)![i]!, value, scale, `${name}[${i}]`);
        });
      }
    };
    nearAll(await session.readState(), torch.trained);
    nearAll(await session.readState("averages"), torch.averages);
    const first = {
      from: "resident",
      images,
      indices: Uint32Array.from({ length: batch }, (_, n) => n),
    } as const;
    for (const weights of ["trained", "averages"] as const) {
      const wanted = torch.evaluated[weights];
      near((await session.evaluate(first, weights)).lossSum, wanted, wanted, weights);
    }
    session.dispose();
    images.dispose();
  });
});
