import { buildGraph } from "../../graph/build.ts";
import { createRng } from "../../math/rng.ts";
import { defaultNorm, type NetworkSpec } from "../../network/spec.ts";
import { compilePlan, defaultOptimizer } from "../../plan/compile.ts";
import type { Plan } from "../../plan/plan.ts";
import { type Executor, ExecutorError, type ModelState } from "../executor.ts";
import { createReferenceExecutor } from "../reference/executor.ts";
import { forwardMaps } from "./lower/halves.ts";
import type { Tiles } from "./tiles.ts";

/** Kernels that a driver may compute wrong together. "blocks": those that every network of convolutions has. */
export type KernelFamily = "blocks" | "squeeze" | "depthwise";

export const kernelFamilies: readonly KernelFamily[] = ["blocks", "squeeze", "depthwise"];

/** In messages. */
const named: Readonly<Record<KernelFamily, string>> = {
  blocks: "dense and grouped convolutions",
  squeeze: "squeeze-and-excitation",
  depthwise: "depthwise convolutions",
};

const block = {
  block: "res_bottleneck",
  width: 16,
  stride: 2,
  bottleneckRatio: 1,
  groupWidth: 8,
} as const;

/** Small, but with odd sizes. What a family shares with others (stem, strides, head) has the same kernels there. */
const stages: Readonly<Record<KernelFamily, NetworkSpec["stages"]>> = {
  blocks: [{ ...block, depth: 2, seRatio: 0 }],
  squeeze: [{ ...block, depth: 2, seRatio: 0.25 }],
  depthwise: [
    { block: "mbconv", depth: 1, width: 12, stride: 2, expansion: 3, kernel: 5, seRatio: 0 },
    { block: "mbconv", depth: 1, width: 12, stride: 2, expansion: 3, kernel: 3, seRatio: 0 },
  ],
};

/** Ten classes, as most sets of images have: another number may have another kernel for the head. */
function testNetwork(family: KernelFamily): NetworkSpec {
  return {
    version: 1,
    input: { height: 9, width: 7, channels: 3 },
    classes: 10,
    stem: { type: "small", width: 8 },
    stages: stages[family],
    head: { width: 0 },
    activation: "relu",
    norm: defaultNorm,
  };
}

/** Relative to the reference's loss; steps of float32 stay far below it, a wrong kernel far above. */
const tolerance = 1e-4;
/**
 * A map that is stored as float16 is off by a unit of its last place at most, 2⁻¹⁰ of each value, whichever way the adapter
 * rounds. Norms keep what follows at the scale of its input, so that to first order every such map adds as much to the
 * logits, and the loss of a network whose logits are of order one moves by no more than all of them together.
 */
const halfUnit = 2 ** -10;
const batch = 3;

/** What the tests need of an executor. */
export interface TestedExecutor extends Pick<Executor, "device" | "fusions" | "load"> {
  /** Of one that stores maps. */
  readonly tiles?: Pick<Tiles, "storage">;
}

/**
 * Trains tiny networks for two steps on an adapter and on the reference: drivers are known that compute wrong.
 * @param families those that are tested, each with a network of its own.
 * @throws ExecutorError "wrong" if the losses differ.
 */
export async function selfTest(
  executor: TestedExecutor,
  families: readonly KernelFamily[] = kernelFamilies,
): Promise<void> {
  for (const family of families) await testFamily(executor, family);
}

async function testFamily(executor: TestedExecutor, family: KernelFamily): Promise<void> {
  const plan = compilePlan(buildGraph(testNetwork(family)), {
    batch,
    optimizer: defaultOptimizer,
    ...(executor.fusions ? { fuse: executor.fusions } : {}),
  });
  const wanted = await losses(createReferenceExecutor(), plan);
  const found = await losses(executor, plan);
  const differences = wanted.map((loss, i) => Math.abs((found[i] ?? Number.NaN) / loss - 1));
  const allowed =
    tolerance + (executor.tiles?.storage === "f16" ? forwardMaps(plan.train).length * halfUnit : 0);
  if (differences.every((difference) => difference < allowed)) return;
  const worst = Number((100 * Math.max(...differences)).toPrecision(2));
  const off = Number.isFinite(worst) ? `off by ${worst}%` : "no numbers";
  throw new ExecutorError(
    "wrong",
    `${executor.device} computes wrong: losses of a test network of ${named[family]} are ${off}`,
  );
}

/** Families of a plan beyond "blocks", which is tested before an adapter is taken at all. */
export function laterFamilies({ train }: Plan): ReadonlySet<KernelFamily> {
  const families = new Set<KernelFamily>();
  for (const call of train) {
    if (call.op === "squeezeExcite" || call.op === "channelScale") families.add("squeeze");
    if (call.op === "conv2d" && call.attrs.groups > 1 && call.attrs.groups === call.attrs.channels)
      families.add("depthwise");
  }
  return families;
}

/** Tests a family when the first plan needs it: its kernels compile in seconds on some adapters, and few networks have all. */
export class LaterTests {
  readonly #executor: TestedExecutor;
  readonly #tests = new Map<KernelFamily, Promise<void>>();

  /** @param executor one that loads untested plans. */
  constructor(executor: TestedExecutor) {
    this.#executor = executor;
  }

  /** @throws ExecutorError "wrong" if a family of the plan computes wrong, or not at all, now and whenever it is asked for again. */
  async before(plan: Plan): Promise<void> {
    for (const family of laterFamilies(plan)) await this.#once(family);
  }

  #once(family: KernelFamily): Promise<void> {
    const known = this.#tests.get(family);
    if (known !== undefined) return known;
    const test = this.#test(family);
    this.#tests.set(family, test);
    return test;
  }

  async #test(family: KernelFamily): Promise<void> {
    const { device } = this.#executor;
    try {
      await testFamily(this.#executor, family);
    } catch (error) {
      const code = error instanceof ExecutorError ? error.code : undefined;
      // Kernels that the driver refuses: else every network of the family would fail, one after the other.
      if (code === "unsupported") {
        const reason = `${device} cannot train a test network of ${named[family]}: ${(error as Error).message}`;
        throw new ExecutorError("wrong", reason, { cause: error });
      }
      // No verdict: the device had no memory left, or is gone.
      if (code !== "wrong") this.#tests.delete(family);
      throw error;
    }
  }
}

/** Of two steps and the evaluation behind them. */
async function losses(executor: Pick<Executor, "load">, plan: Plan): Promise<number[]> {
  const rng = createRng(1, "self-test");
  const normal = (tensor: number, scale: number) =>
    Float32Array.from({ length: plan.tensors[tensor]?.length ?? 0 }, () => scale * rng.normal());
  const state: ModelState = new Map(
    [...plan.parameters, ...plan.statistics].map(({ name, kind, tensor }) => [
      name,
      normal(tensor, 0.3).map((value) =>
        kind === "normScale" || kind === "variance" ? 1 + value ** 2 : value,
      ),
    ]),
  );
  const images = normal(plan.kept.images, 1);
  const targets = Float32Array.from({ length: batch * plan.classes }, (_, i) =>
    i % (plan.classes + 1) === 0 ? 1 : 0,
  );
  const session = await executor.load(plan, state);
  try {
    const values = { from: "values", images, targets } as const;
    const results = [await session.step(values, 0.05), await session.step(values, 0.05)];
    results.push(await session.evaluate(values));
    return results.map(({ lossSum }) => lossSum);
  } finally {
    session.dispose();
  }
}
