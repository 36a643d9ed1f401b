import { buildGraph } from "../../graph/build.ts";
import { compilePlan } from "../../plan/compile.ts";
import { toPlanLayout, toTorchLayout } from "../../plan/layout.ts";
import type { Plan, PlannedParameter } from "../../plan/plan.ts";
import { type Batch, type Executor, ExecutorError, type Session } from "../executor.ts";
import { type Sidecar, specOfSidecar } from "./sidecar.ts";

type Floats = Float32Array | Float64Array;

export interface NamedTensor {
  readonly shape: readonly number[];
  readonly data: ArrayLike<number>;
}

/** Tensors of a golden file by name. */
export type GoldenTensors = ReadonlyMap<string, NamedTensor>;

/** Largest errors of an executor on one golden file; each relative as `goldenTolerances` says. */
export interface GoldenErrors {
  readonly logits: number;
  readonly loss: number;
  readonly gradients: number;
  readonly runningStats: number;
  readonly losses5: number;
  readonly evalLogits5: number;
}

/**
 * logits, loss, running statistics after a step: of the tensor's maximum. Gradients: of the tensor's maximum plus a
 * tenth of the network's largest gradient. The five losses and the evaluation logits after them: of the maximum;
 * rounding has had five steps to grow.
 */
export const goldenTolerances: GoldenErrors = {
  logits: 1e-5,
  loss: 1e-5,
  gradients: 1e-4,
  runningStats: 1e-5,
  losses5: 1e-4,
  evalLogits5: 1e-3,
};

export function withinTolerances(errors: GoldenErrors): boolean {
  const parts = Object.keys(goldenTolerances) as (keyof GoldenErrors)[];
  return parts.every((part) => errors[part] <= goldenTolerances[part]);
}

/** Trains a golden network on an executor and compares every recorded quantity. */
export async function verifyGolden(
  sidecar: Sidecar,
  tensors: GoldenTensors,
  executor: Executor,
): Promise<GoldenErrors> {
  const golden = new Golden(sidecar, tensors);
  const input = golden.tensor("input");
  const { lr, momentum, nesterov, weight_decay: weightDecay, steps } = sidecar.optimizer;
  const plan = compilePlan(buildGraph(specOfSidecar(sidecar, input.shape[1] ?? 0)), {
    batch: sidecar.batch,
    optimizer: { type: "sgd", momentum, nesterov, weightDecay },
    fuse: executor.fusions ?? true,
  });
  const batch = golden.batch();
  const session = await executor.load(plan, golden.state(plan));
  try {
    const losses: number[] = [];
    let afterFirst: Pick<GoldenErrors, "logits" | "gradients" | "runningStats"> | undefined;
    for (let step = 0; step < steps; step++) {
      const { lossSum, count } = await session.step(batch, lr);
      losses.push(lossSum / count);
      afterFirst ??= {
        logits: relativeError(await session.read("logits"), golden.values("logits")),
        gradients: await gradientError(session, golden),
        runningStats: await statisticsError(session, golden),
      };
    }
    await session.evaluate(batch);
    const expectedLosses = golden.values("losses5");
    return {
      ...required(afterFirst),
      loss: relativeError(losses.slice(0, 1), golden.values("loss")),
      losses5: Math.max(...expectedLosses.map((loss, i) => relativeError([losses[i] ?? Number.NaN], [loss]))),
      evalLogits5: relativeError(await session.read("logits"), golden.values("eval_logits5")),
    };
  } finally {
    session.dispose();
  }
}

class Golden {
  readonly sidecar: Sidecar;
  readonly #tensors: GoldenTensors;

  constructor(sidecar: Sidecar, tensors: GoldenTensors) {
    this.sidecar = sidecar;
    this.#tensors = tensors;
  }

  tensor(name: string): NamedTensor {
    const tensor = this.#tensors.get(name);
    if (tensor === undefined) throw new ExecutorError("misuse", `${this.sidecar.name}: no tensor "${name}"`);
    return tensor;
  }

  values(name: string): number[] {
    return Array.from(this.tensor(name).data);
  }

  /** Initial parameters and statistics in the plan's layouts. */
  state(plan: Plan): Map<string, Floats> {
    const state = new Map<string, Floats>();
    for (const parameter of plan.parameters) state.set(parameter.name, this.#inPlanLayout(parameter));
    for (const { name } of plan.statistics) state.set(name, Float32Array.from(this.tensor(name).data));
    return state;
  }

  /** NCHW pictures as NHWC, labels as soft targets. */
  batch(): Batch {
    const { shape, data: values } = this.tensor("input");
    const [count = 0, channels = 0, height = 0, width = 0] = shape;
    const images = new Float32Array(count * channels * height * width);
    for (let i = 0; i < images.length; i++) {
      const pixel = i % (height * width);
      const c = Math.floor(i / (height * width)) % channels;
      const n = Math.floor(i / (height * width * channels));
      images[(n * height * width + pixel) * channels + c] = values[i] ?? 0;
    }
    const { num_classes: classes, label_smoothing: smoothing } = this.sidecar;
    const targets = new Float32Array(count * classes).fill(smoothing / classes);
    this.values("labels").forEach((label, n) => {
      targets[n * classes + label] = smoothing / classes + 1 - smoothing;
    });
    return { from: "values", images, targets };
  }

  #inPlanLayout(parameter: PlannedParameter): Float32Array {
    const { shape, data: values } = this.tensor(parameter.name);
    if (shape.join() !== parameter.shape.join())
      throw new ExecutorError("misuse", `${parameter.name}: shape [${shape}], not [${parameter.shape}]`);
    return toPlanLayout(parameter, Float32Array.from(values));
  }
}

async function gradientError(session: Session, golden: Golden): Promise<number> {
  const expected = session.plan.parameters.map(({ name }) => golden.values(`grad.${name}`));
  const largest = Math.max(...expected.map(maximum));
  let worst = 0;
  for (const [i, parameter] of session.plan.parameters.entries()) {
    const actual = toTorchLayout(parameter, await session.read(`grad:${parameter.name}`));
    const wanted = expected[i] ?? [];
    worst = Math.max(worst, difference(actual, wanted) / (maximum(wanted) + 0.1 * largest));
  }
  return worst;
}

async function statisticsError(session: Session, golden: Golden): Promise<number> {
  const zeros = new Set(golden.sidecar.structural_zeros);
  let worst = 0;
  for (const { name } of session.plan.statistics) {
    const wanted = golden.values(`after1.${name}`);
    const actual = await session.read(name);
    worst = Math.max(
      worst,
      zeros.has(`after1.${name}`) ? difference(actual, wanted) : relativeError(actual, wanted),
    );
  }
  return worst;
}

/** Largest difference as a fraction of the largest expected value; ∞ when a value is missing or not a number. */
function relativeError(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  return difference(actual, expected) / (maximum(expected) || 1);
}

function difference(actual: ArrayLike<number>, expected: ArrayLike<number>): number {
  if (actual.length !== expected.length) return Number.POSITIVE_INFINITY;
  let worst = 0;
  for (let i = 0; i < expected.length; i++) {
    const off = Math.abs((actual[i] ?? Number.NaN) - (expected[i] ?? Number.NaN));
    if (!(off <= worst)) worst = Number.isNaN(off) ? Number.POSITIVE_INFINITY : off;
  }
  return worst;
}

function maximum(values: ArrayLike<number>): number {
  let largest = 0;
  for (let i = 0; i < values.length; i++) largest = Math.max(largest, Math.abs(values[i] ?? 0));
  return largest;
}

function required<T>(value: T | undefined): T {
  if (value === undefined) throw new ExecutorError("misuse", "no step was taken");
  return value;
}
