import { buildGraph } from "../graph/build.ts";
import { networkOf, smallImageFrame } from "../network/frame.ts";
import type { NetworkSpec } from "../network/spec.ts";
import { compilePlan, defaultOptimizer } from "../plan/compile.ts";
import { runSteps } from "../runtime/batches.ts";
import { ExecutorError, type ImageHandle, type Session } from "../runtime/executor.ts";
import type { WebGpuExecutor } from "../runtime/webgpu/executor.ts";
import { selfTest } from "../runtime/webgpu/self-test.ts";
import { type Tiles, tilesOn } from "../runtime/webgpu/tiles.ts";
import { initialState } from "../training/initialize.ts";
import type { TuneOptions } from "./tune-tiles.ts";

/** How long whole training steps took with what no single kernel decides. */
export interface StepTime {
  readonly variant: string;
  /** Of a step, the least of the rounds; none where the adapter computes wrong with it. */
  readonly ms?: number;
  readonly taken: boolean;
}

export interface TunedSteps {
  readonly tiles: Tiles;
  readonly steps: readonly StepTime[];
}

interface Variant {
  readonly name: string;
  readonly change: Partial<Tiles>;
}

const variants: readonly Variant[] = [
  { name: "sums by subgroups", change: { sums: "subgroups" } },
  { name: "maps as float16", change: { storage: "f16" } },
];

/** x3 of bench/nets.json: what a small study trains. */
export const tuningNetwork: NetworkSpec = networkOf(
  smallImageFrame,
  [
    [24, 1],
    [56, 1],
    [120, 2],
  ].map(([width = 0, depth = 0]) => ({
    block: "res_bottleneck",
    ...{ depth, width, stride: 2, bottleneckRatio: 1, groupWidth: 8, seRatio: 0 },
  })),
);

/** Steps of a measurement: enough that what a read-back takes is a small share. */
const stepsAtOnce = 8;
const rounds = 5;
/** What is gained at least: a variant that rounds, or depends on the adapter, is not taken for less. */
const leastGain = 1.03;

/** Whether a variant's times, round by round beside the others', are faster by more than noise: in every round. */
export function isFaster(tried: readonly number[], beside: readonly number[]): boolean {
  return (
    tried.every((ms, round) => ms < beside[round]!) && Math.min(...beside) >= leastGain * Math.min(...tried)
  );
}

/**
 * Takes each variant whose training step is faster than without it in all of five rounds, in which both take turns (chance
 * alone: 1 in 32), by 3 % at least, and with which the adapter passes the self-test.
 * @param executor with the tiles that were found.
 */
export async function tuneSteps(
  executor: WebGpuExecutor,
  { batch = executor.gpu.software ? 4 : 64, onProgress = () => {}, signal }: TuneOptions = {},
  network = tuningNetwork,
): Promise<TunedSteps> {
  let { tiles } = executor;
  const steps: StepTime[] = [];
  const possible = variants.filter(({ change }) => isPossible(executor, change));
  for (const [i, { name, change }] of possible.entries()) {
    signal?.throwIfAborted();
    const wanted = { ...tiles, ...change };
    const tried = executor.using(wanted);
    if (!(await computesRight(tried))) {
      steps.push({ variant: name, taken: false });
      continue;
    }
    const sides: Prepared[] = [];
    try {
      for (const side of [executor.using(tiles), tried]) sides.push(await prepare(side, network, batch));
      const times: [number[], number[]] = [[], []];
      for (let round = 0; round < rounds; round++) {
        signal?.throwIfAborted();
        for (const [side, measured] of times.entries()) measured.push(await sides[side]!.time());
        onProgress((i + (round + 1) / rounds) / possible.length);
      }
      const taken = isFaster(times[1], times[0]);
      steps.push({ variant: name, ms: Math.min(...times[1]), taken });
      if (taken) tiles = wanted;
    } finally {
      for (const { dispose } of sides) dispose();
    }
  }
  onProgress(1);
  return { tiles, steps };
}

/** Whether the adapter can do it, and it is nothing that its tiles have, or have no use for. */
function isPossible({ gpu, tiles }: WebGpuExecutor, change: Partial<Tiles>): boolean {
  const changed = tilesOn(gpu, { ...tiles, ...change });
  return Object.keys(change).some((key) => changed[key as keyof Tiles] !== tiles[key as keyof Tiles]);
}

async function computesRight(executor: WebGpuExecutor): Promise<boolean> {
  try {
    await selfTest(executor);
    return true;
  } catch (error) {
    if (error instanceof ExecutorError && error.code === "wrong") return false;
    throw error;
  }
}

interface Prepared {
  /** ms of a step. */
  readonly time: () => Promise<number>;
  readonly dispose: () => void;
}

/** A network that trains on made-up images; the first steps compile its kernels. What fails leaves nothing behind. */
async function prepare(executor: WebGpuExecutor, spec: NetworkSpec, batch: number): Promise<Prepared> {
  const fuse = executor.fusions ?? true;
  const plan = compilePlan(buildGraph(spec), { batch, optimizer: defaultOptimizer, fuse });
  const { height, width, channels } = plan.input;
  const images = await executor.attach({
    shape: [height, width, channels],
    count: batch,
    images: Uint8Array.from({ length: batch * height * width * channels }, (_, i) => (i * 7919) % 256),
    labels: Uint8Array.from({ length: batch }, (_, i) => i % plan.classes),
    mean: Array.from({ length: channels }, () => 0.5),
    std: Array.from({ length: channels }, () => 0.25),
  });
  let session: Session | undefined;
  const dispose = () => {
    session?.dispose();
    images.dispose();
  };
  try {
    const loaded = await executor.load(plan, initialState(plan, 1));
    session = loaded;
    await timeSteps(loaded, images, batch);
    return { time: () => timeSteps(loaded, images, batch), dispose };
  } catch (error) {
    dispose();
    throw error;
  }
}

/** ms of a step. */
async function timeSteps(session: Session, images: ImageHandle, batch: number): Promise<number> {
  const indices = Uint32Array.from({ length: batch }, (_, i) => i);
  const step = { batch: { from: "resident", images, indices }, learningRate: 0.01 } as const;
  const from = performance.now();
  await runSteps(
    session,
    Array.from({ length: stepsAtOnce }, () => step),
  );
  return (performance.now() - from) / stepsAtOnce;
}
