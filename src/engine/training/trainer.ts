import { augmentBatch } from "../data/augment.ts";
import { createRng } from "../math/rng.ts";
import type { NetworkSpec } from "../network/spec.ts";
import { runEvaluations, runSteps } from "../runtime/batches.ts";
import type {
  BatchResult,
  BatchTransforms,
  Executor,
  ImageHandle,
  ModelState,
  Session,
  StepRequest,
  Weights,
} from "../runtime/executor.ts";
import { checkRoom } from "../runtime/room.ts";
import type { RunControl } from "../runtime/worker/control.ts";
import { initialState } from "./initialize.ts";
import { keepFactors } from "./keep-factors.ts";
import { batchesOf, epochOrder } from "./order.ts";
import { type Regime, regimeLimits, stepsPerEpoch } from "./regime.ts";
import { learningRateAt } from "./schedule.ts";
import { trainingPlan } from "./training-plan.ts";

/** Images that are resident on the executor. */
export interface TrainingData {
  readonly train: ImageHandle;
  readonly test: ImageHandle;
}

/** What was measured in one epoch; errors are fractions 0–1. */
export interface EpochRecord {
  /** From 1. */
  readonly epoch: number;
  /** Mean training loss over the epoch's images. */
  readonly trainLoss: number;
  /**
   * Fraction of the epoch's images misclassified while training, each before the update it takes part in; of mixed images
   * the class that weighs more counts.
   */
  readonly trainError: number;
  readonly testError: number;
  /** Of the moving averages of the weights, where the regime keeps them. */
  readonly emaError?: number;
  /** η of the epoch's last step. */
  readonly learningRate: number;
  /** Of training and evaluation, pauses left out. */
  readonly ms: number;
}

/** A run after a complete epoch: all that it needs to go on as if nothing had come between. */
export interface Checkpoint {
  /** The last complete epoch, from 1. */
  readonly epoch: number;
  /** All complete epochs. */
  readonly epochs: readonly EpochRecord[];
  /** Parameters, running statistics, momenta and moving averages (Session.readCheckpoint). */
  readonly state: ModelState;
}

export interface TrainRequest {
  readonly spec: NetworkSpec;
  readonly regime: Regime;
  readonly seed: number;
  readonly executor: Executor;
  readonly data: TrainingData;
  readonly control: RunControl;
  /**
   * Told of every complete epoch. `checkpoint` reads what the run could go on from, for those who keep such; it is to be
   * called before the answer.
   */
  readonly onEpoch?: OnEpoch;
  /** A checkpoint of the same spec, regime and seed: the run goes on from there, with the same bits on one executor. */
  readonly resume?: Checkpoint;
  /** `ms`: of the run so far. */
  readonly onStep?: (step: number, steps: number, ms: number) => void;
  /** Asks for the trained weights (of a run that ended "done"). */
  readonly keepState?: boolean;
  readonly now?: () => number;
}

export type OnEpoch = (epoch: EpochRecord, checkpoint: () => Promise<Checkpoint>) => void | Promise<void>;

export interface TrainOutcome {
  readonly status: "done" | "diverged" | "stopped";
  /** Why it is not "done". */
  readonly reason?: string;
  /** Complete epochs only. */
  readonly epochs: readonly EpochRecord[];
  /**
   * The lowest test error of all epochs, as pycls counts its sweeps, of the weights themselves, not of their averages; 1 if the network diverged: it is a member of its
   * population that never gets below any error. null if it was stopped.
   */
  readonly error: number | null;
  readonly ms: number;
  readonly state?: ModelState;
}

/**
 * Trains one network. The outcome, times aside, depends on spec, regime, seed and executor only. Errors of the executor
 * pass through; the session is disposed whatever happens.
 */
export async function trainNetwork(request: TrainRequest): Promise<TrainOutcome> {
  const { spec, regime, executor, seed, resume, keepState = false } = request;
  const planAt = (batch: number) => trainingPlan(spec, { ...regime, batch }, executor.fusions);
  const plan = planAt(regime.batch);
  checkRoom(executor, plan, planAt, regimeLimits.batch.min);
  const session = await executor.load(plan, resume?.state ?? initialState(plan, seed));
  try {
    const run = new Run(request, session);
    const ending = await run.train();
    const { epochs, ms } = run;
    if (ending !== "done") {
      const error = ending.status === "diverged" ? 1 : null;
      return { ...ending, epochs, error, ms };
    }
    const error = Math.min(...epochs.map(({ testError }) => testError));
    const state = keepState ? { state: await session.readState() } : {};
    return { status: "done", epochs, error, ms, ...state };
  } finally {
    session.dispose();
  }
}

type Ending = "done" | { readonly status: "diverged" | "stopped"; readonly reason: string };

class Run {
  readonly epochs: EpochRecord[] = [];
  ms = 0;
  readonly #request: TrainRequest;
  readonly #session: Session;
  readonly #now: () => number;
  readonly #steps: number;
  #step = 0;

  constructor(request: TrainRequest, session: Session) {
    this.#request = request;
    this.#session = session;
    this.#now = request.now ?? (() => performance.now());
    this.#steps = stepsPerEpoch(request.regime) * request.regime.epochs;
    const { epoch = 0, epochs = [] } = request.resume ?? {};
    this.epochs.push(...epochs);
    this.ms = epochs.reduce((sum, { ms }) => sum + ms, 0);
    this.#step = stepsPerEpoch(request.regime) * epoch;
  }

  async train(): Promise<Ending> {
    const { regime, resume } = this.#request;
    for (let epoch = (resume?.epoch ?? 0) + 1; epoch <= regime.epochs; epoch++) {
      const ending = await this.#epoch(epoch);
      if (ending !== "done") return ending;
    }
    return "done";
  }

  async #epoch(epoch: number): Promise<Ending> {
    const { regime, seed, onEpoch, onStep } = this.#request;
    const startedMs = this.ms;
    const training = new Tally();
    let learningRate = 0;
    const order = epochOrder(seed, epoch, regime.images);
    const batches = [...batchesOf(order, regime.batch, { partial: false })];
    for (let done = 0; done < batches.length; ) {
      const together = batches.slice(done, done + (this.#session.atOnce?.steps ?? 1));
      const steps = together.map((indices, i) => this.#stepRequest(indices, this.#step + i));
      const results = await this.#timed(() => runSteps(this.#session, steps));
      if (results === "stop") return stopped(epoch);
      for (const result of results) {
        this.#step++;
        if (!Number.isFinite(result.lossSum))
          return diverged(`training loss is ${result.lossSum} at step ${this.#step} of ${this.#steps}`);
        training.add(result);
      }
      learningRate = steps.at(-1)?.learningRate ?? learningRate;
      done += together.length;
      onStep?.(this.#step, this.#steps, this.ms);
    }
    const test = await this.#evaluate();
    if (test === "stop") return stopped(epoch);
    if (!Number.isFinite(test.lossSum)) return diverged(`test loss is ${test.lossSum} after epoch ${epoch}`);

    const averaged = regime.ema ? await this.#evaluate("averages") : undefined;
    if (averaged === "stop") return stopped(epoch);

    const record: EpochRecord = {
      epoch,
      trainLoss: training.loss,
      trainError: training.error,
      testError: test.error,
      ...(averaged ? { emaError: averaged.error } : {}),
      learningRate,
      ms: this.ms - startedMs,
    };
    this.epochs.push(record);
    await onEpoch?.(record, () => this.#checkpoint(epoch));
    return "done";
  }

  async #checkpoint(epoch: number): Promise<Checkpoint> {
    return { epoch, epochs: [...this.epochs], state: await this.#session.readCheckpoint() };
  }

  #stepRequest(indices: Uint32Array, step: number): StepRequest {
    const { regime, data } = this.#request;
    const keep = this.#keepFactors(step);
    return {
      batch: { from: "resident", images: data.train, indices, ...this.#transforms(step) },
      learningRate: learningRateAt(regime, step, this.#steps),
      ...(keep ? { keep } : {}),
    };
  }

  /** A random stream for each step: none depends on what other steps drew. */
  #keepFactors(step: number): Float32Array | undefined {
    const { seed, regime } = this.#request;
    const { stochasticDepth = 0, dropout = 0 } = regime;
    if (stochasticDepth === 0 && dropout === 0) return undefined;
    const stream = (name: string) => createRng(seed, name, step);
    return keepFactors(this.#session.plan, { stochasticDepth, dropout }, stream);
  }

  /** Drawn for each step, as the factors are: a run that goes on from an epoch sees the same images. */
  #transforms(step: number): { readonly transforms?: BatchTransforms } {
    const { seed, regime, data } = this.#request;
    const [height, width] = data.train.shape;
    const rng = createRng(seed, "augment", step);
    const { input } = this.#session.plan;
    const transforms = augmentBatch(regime, { height, width }, input, regime.batch, rng);
    return transforms === undefined ? {} : { transforms };
  }

  async #evaluate(weights: Weights = "trained"): Promise<Tally | "stop"> {
    const { regime, data } = this.#request;
    const tally = new Tally();
    const order = Uint32Array.from({ length: regime.testImages }, (_, index) => index);
    const batches = [...batchesOf(order, regime.batch, { partial: true })].map(
      (indices) => ({ from: "resident", images: data.test, indices }) as const,
    );
    for (let done = 0; done < batches.length; ) {
      const together = batches.slice(done, done + (this.#session.atOnce?.evaluations ?? 1));
      const results = await this.#timed(() => runEvaluations(this.#session, together, weights));
      if (results === "stop") return results;
      for (const result of results) tally.add(result);
      done += together.length;
    }
    return tally;
  }

  /** Runs one unit of work unless the user stops the run, and counts its time; waiting at the gate does not count. */
  async #timed<Result>(work: () => Promise<Result>): Promise<Result | "stop"> {
    if ((await this.#request.control.gate()) === "stop") return "stop";
    const start = this.#now();
    const result = await work();
    this.ms += this.#now() - start;
    return result;
  }
}

/** Sums of batch results. */
class Tally {
  lossSum = 0;
  #correct = 0;
  #count = 0;

  add({ lossSum, correct, count }: BatchResult): void {
    this.lossSum += lossSum;
    this.#correct += correct;
    this.#count += count;
  }

  get loss(): number {
    return this.lossSum / this.#count;
  }

  get error(): number {
    return (this.#count - this.#correct) / this.#count;
  }
}

function diverged(reason: string): Ending {
  return { status: "diverged", reason };
}

function stopped(epoch: number): Ending {
  return { status: "stopped", reason: `stopped in epoch ${epoch}` };
}
