import { buildGraph } from "../../src/engine/graph/build.ts";
import { createRng } from "../../src/engine/math/rng.ts";
import { compilePlan } from "../../src/engine/plan/compile.ts";
import type { Plan } from "../../src/engine/plan/plan.ts";
import { keepLength } from "../../src/engine/runtime/checks.ts";
import type { Executor } from "../../src/engine/runtime/executor.ts";
import type { RandomNetwork } from "./random-networks.ts";

type Floats = Float32Array | Float64Array;

/** What a training step leaves behind, and what an evaluation then finds, by name. */
export type StepResults = ReadonlyMap<string, Floats>;

/** Quantities that errors are told apart by; see `stepErrors`. */
export const quantities = ["logits", "loss", "gradients", "statistics", "weights", "evaluation"] as const;
export type Quantity = (typeof quantities)[number];
export type StepErrors = Readonly<Record<Quantity, number>>;

/**
 * One step of a network from made-up weights and images, then an evaluation of what is trained (and of its averages).
 * @param shake relative change of every weight and pixel, either way at random: what rounding them would do.
 */
export async function runStep(network: RandomNetwork, executor: Executor, shake = 0): Promise<StepResults> {
  const { spec, batch, optimizer } = network;
  const fuse = executor.fusions ?? true;
  const plan = compilePlan(buildGraph(spec, network.graph), { batch, optimizer, fuse });
  const rng = createRng(1, "step", network.name);
  const shaken = createRng(2, "step", network.name);
  const moved = (values: Float32Array) =>
    shake === 0
      ? values
      : Float64Array.from(values, (value) => value * (1 + (shaken.float() < 0.5 ? -shake : shake)));
  const lengthOf = (tensor: number) => plan.tensors[tensor]?.length ?? 0;
  const state = new Map<string, Floats>();
  for (const { name, kind, shape, tensor } of plan.parameters) {
    const [, ...rest] = shape;
    const fanIn = rest.reduce((product, side) => product * side, 1);
    const values = Float32Array.from({ length: lengthOf(tensor) }, () => {
      if (kind === "conv" || kind === "linear") return rng.normal() * Math.sqrt(2 / fanIn);
      return (kind === "normScale" ? 1 : 0) + 0.3 * rng.normal();
    });
    state.set(name, moved(values));
  }
  for (const { name, kind, tensor } of plan.statistics)
    state.set(
      name,
      moved(
        Float32Array.from({ length: lengthOf(tensor) }, () =>
          kind === "mean" ? 0.3 * rng.normal() : 0.5 + rng.float(),
        ),
      ),
    );
  const images = moved(Float32Array.from({ length: lengthOf(plan.kept.images) }, () => rng.normal()));
  const targets = targetsOf(plan, () => rng.float());
  const keep = Float32Array.from({ length: keepLength(plan) }, () => (rng.float() < 0.3 ? 0 : 1 / 0.7));
  const values = { from: "values", images, targets } as const;
  const session = await executor.load(plan, state);
  const results = new Map<string, Floats>();
  try {
    const { lossSum } = await session.step(values, 0.05, keep);
    results.set("loss", Float64Array.of(lossSum));
    results.set("logits", await session.read("logits"));
    for (const { name } of plan.parameters)
      results.set(`gradients ${name}`, await session.read(`grad:${name}`));
    const statistics = new Set(plan.statistics.map(({ name }) => name));
    for (const [name, after] of await session.readCheckpoint())
      results.set(`${statistics.has(name.replace(/^ema:/, "")) ? "statistics" : "weights"} ${name}`, after);
    results.set("evaluation loss", Float64Array.of((await session.evaluate(values)).lossSum));
    results.set("evaluation logits", await session.read("logits"));
    if (optimizer.ema !== undefined) {
      results.set(
        "evaluation loss of averages",
        Float64Array.of((await session.evaluate(values, "averages")).lossSum),
      );
      results.set("evaluation logits of averages", await session.read("logits"));
    }
  } finally {
    session.dispose();
  }
  return results;
}

/** Soft labels; the last image of five is padding, all 0. */
function targetsOf(plan: Plan, random: () => number): Float32Array {
  const targets = new Float32Array(plan.batch * plan.classes);
  for (let n = 0; n < Math.min(plan.batch, 4); n++) {
    const label = Math.floor(random() * plan.classes);
    for (let k = 0; k < plan.classes; k++)
      targets[n * plan.classes + k] = 0.1 / plan.classes + (k === label ? 0.9 : 0);
  }
  return targets;
}

/**
 * Largest differences by quantity: of a tensor's largest value; gradients, of that and a tenth of the network's largest
 * gradient (runtime/verify/golden.ts does the same).
 */
export function stepErrors(
  actual: StepResults,
  expected: StepResults,
): { errors: StepErrors; worst: Record<Quantity, string> } {
  const errors = Object.fromEntries(quantities.map((quantity) => [quantity, 0])) as Record<Quantity, number>;
  const worst = Object.fromEntries(quantities.map((quantity) => [quantity, ""])) as Record<Quantity, string>;
  let largest = 0;
  for (const [name, values] of expected)
    if (name.startsWith("gradients ")) largest = Math.max(largest, maximum(values));
  for (const [name, values] of expected) {
    const quantity = name.split(" ")[0] as Quantity;
    const scale =
      maximum(values) + (quantity === "gradients" || name.includes("momentum:") ? 0.1 * largest : 0);
    const error = difference(actual.get(name), values) / (scale || 1);
    if (error > errors[quantity]) {
      errors[quantity] = error;
      worst[quantity] = name;
    }
  }
  return { errors, worst };
}

function maximum(values: Floats): number {
  let most = 0;
  for (const value of values) most = Math.max(most, Math.abs(value));
  return most;
}

function difference(actual: Floats | undefined, expected: Floats): number {
  if (actual?.length !== expected.length) return Number.POSITIVE_INFINITY;
  let most = 0;
  expected.forEach((value, i) => {
    const off = Math.abs(value - (actual[i] ?? Number.NaN));
    if (!(off <= most)) most = Number.isNaN(off) ? Number.POSITIVE_INFINITY : off;
  });
  return most;
}
