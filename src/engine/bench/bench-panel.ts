import type { NetworkSpec } from "../network/spec.ts";
import type { Executor, ExecutorKind } from "../runtime/executor.ts";
import type { RunControl } from "../runtime/worker/control.ts";
import { measurePeak } from "./peak.ts";
import { Profile, type ProfileRow } from "./profile.ts";
import { median, prepareSteps, type TrainingSteps } from "./training-steps.ts";

/** What one network's training steps take; the line of `bench --json`. */
export interface BenchRecord {
  readonly net: string;
  readonly executor: ExecutorKind;
  readonly threads: number;
  readonly batch: number;
  readonly macsPerImage: number;
  readonly params: number;
  /** Median and least of the measured steps. */
  readonly msPerStep: number;
  readonly msMin: number;
  readonly steps: number;
  readonly imagesPerSecond: number;
  /** 6 per multiply-add: 2 forward, 4 backward. */
  readonly gflops: number;
  /** GFLOP/s of one core in a matrix product that stays in cache, measured between the rounds; null if not measured. */
  readonly peakGflops: number | null;
  /** gflops / (threads · peakGflops). */
  readonly shareOfPeak: number | null;
  /** Operands read and written, each once a call. */
  readonly bytesPerStep: number;
  readonly kernelCalls: number;
  readonly arenaBytes: number;
}

/** An executor, and the number of threads it was opened with. */
export interface Lane {
  readonly executor: Executor;
  readonly threads: number;
}

export interface BenchSettings {
  readonly specs: readonly NetworkSpec[];
  readonly batch: number;
  /** Measured steps of each network and lane. */
  readonly steps: number;
  readonly lanes: readonly Lane[];
  /** One thread, to measure the core with. */
  readonly peakMeter?: Executor | undefined;
  readonly control: RunControl;
  readonly onTurn?: (round: number, rounds: number, net: string) => void;
}

/** Few enough that a turn is short against changes of the machine's load, enough that its unmeasured step costs little. */
const stepsPerTurn = 5;
const warmUpMs = 250;
const peakMs = 40;

/**
 * Times the training steps of several networks on several executors. They take turns in rounds, so that other work on
 * the machine slows all of them alike. Stopped early, it gives what it has.
 */
export async function benchPanel(settings: BenchSettings): Promise<BenchRecord[]> {
  const { specs, lanes, batch, control, peakMeter } = settings;
  const runs: Run[] = [];
  let peak: number | null = null;
  try {
    for (const spec of specs)
      for (const lane of lanes)
        runs.push({ spec, lane, work: await prepareSteps(lane.executor, spec, batch), times: [] });
    for (const { work } of runs) await warmUp(work, control);
    const rounds = Math.ceil(settings.steps / stepsPerTurn);
    for (let round = 0; round < rounds; round++) {
      if (peakMeter) peak = Math.max(peak ?? 0, await measurePeak(peakMeter, peakMs));
      const count = Math.min(stepsPerTurn, settings.steps - round * stepsPerTurn);
      for (const { spec, work, times } of runs) {
        settings.onTurn?.(round, rounds, spec.name ?? "");
        times.push(...(await takeTurn(work, count, control)));
      }
    }
  } finally {
    for (const { work } of runs) work.dispose();
  }
  return runs.filter(({ times }) => times.length > 0).map((run) => recordOf(run, batch, peak));
}

interface Run {
  readonly spec: NetworkSpec;
  readonly lane: Lane;
  readonly work: TrainingSteps;
  readonly times: number[];
}

/** Engines compile twice: the first steps run code that is not yet optimized. */
export async function warmUp(work: TrainingSteps, control: RunControl): Promise<void> {
  const start = performance.now();
  while (performance.now() - start < warmUpMs) {
    if ((await control.gate()) === "stop") return;
    await work.timeStep();
  }
}

/** Times of `count` steps, after one that brings the network's memory back into the caches. */
export async function takeTurn(work: TrainingSteps, count: number, control: RunControl): Promise<number[]> {
  const times: number[] = [];
  for (let step = 0; step <= count; step++) {
    if ((await control.gate()) === "stop") break;
    const ms = await work.timeStep();
    if (step > 0) times.push(ms);
  }
  return times;
}

function recordOf({ spec, lane, work, times }: Run, batch: number, peak: number | null): BenchRecord {
  const msPerStep = median(times);
  const gflops = work.flopsPerStep / msPerStep / 1e6;
  return {
    net: spec.name ?? "network",
    executor: lane.executor.kind,
    threads: lane.threads,
    batch,
    macsPerImage: work.macsPerImage,
    params: work.params,
    msPerStep,
    msMin: Math.min(...times),
    steps: times.length,
    imagesPerSecond: (1000 * batch) / msPerStep,
    gflops,
    peakGflops: peak,
    shareOfPeak: peak === null ? null : gflops / (lane.threads * peak),
    bytesPerStep: work.bytesPerStep,
    kernelCalls: work.plan.train.length,
    arenaBytes: work.arenaBytes,
  };
}

/** Where the time of one network's step goes, on one thread. */
export interface StepProfile {
  readonly net: string;
  readonly kernels: readonly ProfileRow[];
  /** Share of the step outside kernels; somewhat too large, because watching every record costs time of its own. */
  readonly outsideKernels: number;
}

/** @param open opens a wasm executor that reports its records to the observer. */
export async function profilePanel(
  { specs, batch, steps, control }: Pick<BenchSettings, "specs" | "batch" | "steps" | "control">,
  open: (observe: Profile["observe"]) => Promise<Executor>,
): Promise<StepProfile[]> {
  const profile = new Profile();
  const executor = await open(profile.observe);
  const profiles: StepProfile[] = [];
  try {
    for (const spec of specs) {
      const work = await prepareSteps(executor, spec, batch);
      await warmUp(work, control);
      const outside: number[] = [];
      for (let step = 0; step < steps && (await control.gate()) === "go"; step++) {
        const before = profile.kernelMs;
        const ms = await work.timeStep();
        outside.push(1 - (profile.kernelMs - before) / ms);
      }
      if (outside.length > 0)
        profiles.push({
          net: spec.name ?? "network",
          kernels: profile.rows(work.plan.train, false),
          outsideKernels: median(outside),
        });
      work.dispose();
    }
  } finally {
    await executor.dispose();
  }
  return profiles;
}
