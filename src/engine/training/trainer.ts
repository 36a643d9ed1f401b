import type { NetworkSpec } from "../network/spec.ts";
import { runEvaluations, runSteps } from "../runtime/batches.ts";
import type { Executor, ImageHandle, ModelState, Session, Weights } from "../runtime/executor.ts";
import type { RunControl } from "../runtime/worker/control.ts";
import { initialState } from "./initialize.ts";
import { batchesOf, epochOrder } from "./order.ts";
import { PhaseSession } from "./phase-session.ts";
import { changesSize, type Phase, phaseAt, trainingPhases } from "./phases.ts";
import { type Regime, stepsPerEpoch } from "./regime.ts";
import { reportedEpoch } from "./reported-epoch.ts";
import { stepRequest } from "./step-request.ts";
import { Tally } from "./tally.ts";

/** Images that are resident on the executor. */
export interface TrainingData {
  /** The images to train on, behind them those for validation. */
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
  /** Of the images held out from training, where the regime holds some out. */
  readonly validationError?: number;
  /** Of the moving averages of the weights, where the regime keeps them. */
  readonly emaError?: number;
  /** Height of the images it was trained on and evaluated at, where a run changes it. */
  readonly resolution?: number;
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
  /** The weights to be kept (`keep`), where they are of an epoch before this one. */
  readonly reported?: ModelState;
}

/** Weights of the reported epoch (reported-epoch.ts). */
export interface KeptWeights {
  readonly epoch: number;
  /** The trained values, whose error is the trial's, or their moving averages, whose error is the epoch's `emaError`. */
  readonly weights: Weights;
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
  /** Asks for weights of the reported epoch (of a run that ended "done"). */
  readonly keep?: Weights;
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
   * The test error of the reported epoch (reported-epoch.ts), of the weights themselves, not of their averages; 1 if the
   * network diverged: it is a member of its population that never gets below any error. null if it was stopped.
   */
  readonly error: number | null;
  readonly ms: number;
  /** What was asked for by `keep`; left out where an older checkpoint did not have it. */
  readonly kept?: KeptWeights;
}

/**
 * Trains one network, phase by phase (phases.ts). The outcome, times aside, depends on spec, regime, seed and executor only.
 * Errors of the executor pass through; the session is disposed whatever happens.
 * @throws InputError where the network does not bear an image size of the regime.
 */
export async function trainNetwork(request: TrainRequest): Promise<TrainOutcome> {
  const { spec, regime, executor } = request;
  const phases = trainingPhases(spec, regime);
  const sessions = new PhaseSession(executor, regime, phases);
  try {
    const run = new Run(request, phases, sessions);
    const ending = await run.train();
    const { epochs, ms } = run;
    if (ending !== "done") {
      const error = ending.status === "diverged" ? 1 : null;
      return { ...ending, epochs, error, ms };
    }
    const error = reportedEpoch(epochs)?.testError ?? null;
    const { kept } = run;
    return { status: "done", epochs, error, ms, ...(kept === undefined ? {} : { kept }) };
  } finally {
    sessions.dispose();
  }
}

type Ending = "done" | { readonly status: "diverged" | "stopped"; readonly reason: string };

class Run {
  readonly epochs: EpochRecord[] = [];
  ms = 0;
  readonly #request: TrainRequest;
  readonly #phases: readonly Phase[];
  readonly #sessions: PhaseSession;
  readonly #now: () => number;
  /** Of the whole run. */
  readonly #steps: number;
  #step = 0;
  /** Of the epoch that is to be reported as far as the run is. */
  kept: KeptWeights | undefined;

  constructor(request: TrainRequest, phases: readonly Phase[], sessions: PhaseSession) {
    this.#request = request;
    this.#phases = phases;
    this.#sessions = sessions;
    this.#now = request.now ?? (() => performance.now());
    this.#steps = stepsPerEpoch(request.regime) * request.regime.epochs;
    const { epoch = 0, epochs = [] } = request.resume ?? {};
    this.epochs.push(...epochs);
    this.kept = keptBy(request);
    this.ms = epochs.reduce((sum, { ms }) => sum + ms, 0);
    this.#step = stepsPerEpoch(request.regime) * epoch;
  }

  async train(): Promise<Ending> {
    const { regime, resume } = this.#request;
    const first = (resume?.epoch ?? 0) + 1;
    for (let epoch = first; epoch <= regime.epochs; epoch++) {
      const phase = phaseAt(this.#phases, epoch);
      const ending = await this.#epoch(epoch, phase, await this.#enter(phase));
      if (ending !== "done") return ending;
    }
    return "done";
  }

  #enter(phase: Phase): Promise<Session> {
    const { resume, seed } = this.#request;
    return this.#sessions.enter(phase, (plan) => resume?.state ?? initialState(plan, seed));
  }

  async #epoch(epoch: number, phase: Phase, session: Session): Promise<Ending> {
    const { regime, seed, data, keep, onEpoch, onStep } = this.#request;
    const source = { seed, regime, phase, plan: session.plan, images: data.train };
    const startedMs = this.ms;
    const training = new Tally();
    let learningRate = 0;
    const order = epochOrder(seed, epoch, regime.images);
    const batches = [...batchesOf(order, regime.batch, { partial: false })];
    for (let done = 0; done < batches.length; ) {
      const together = batches.slice(done, done + (session.atOnce?.steps ?? 1));
      const steps = together.map((indices, i) => stepRequest(source, this.#step + i, indices));
      const results = await this.#timed(() => runSteps(session, steps));
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
    const { validation = 0, images, testImages } = regime;
    const held = { images: data.train, first: images, count: validation };
    const validated = validation > 0 ? await this.#evaluate(session, held) : undefined;
    if (validated === "stop") return stopped(epoch);
    if (validated && !Number.isFinite(validated.lossSum))
      return diverged(`validation loss is ${validated.lossSum} after epoch ${epoch}`);

    const tested = { images: data.test, first: 0, count: testImages };
    const test = await this.#evaluate(session, tested);
    if (test === "stop") return stopped(epoch);
    if (!Number.isFinite(test.lossSum)) return diverged(`test loss is ${test.lossSum} after epoch ${epoch}`);
    const trained = await session.readState();
    const lost = firstNotFinite(trained);
    if (lost !== undefined) return diverged(`${lost} after epoch ${epoch}`);

    const averaged = regime.ema ? await this.#evaluate(session, tested, "averages") : undefined;
    if (averaged === "stop") return stopped(epoch);

    const record: EpochRecord = {
      epoch,
      trainLoss: training.loss,
      trainError: training.error,
      testError: test.error,
      ...(validated ? { validationError: validated.error } : {}),
      ...(averaged ? { emaError: averaged.error } : {}),
      ...(changesSize(this.#phases) ? { resolution: session.plan.input.height } : {}),
      learningRate,
      ms: this.ms - startedMs,
    };
    this.epochs.push(record);
    if (keep !== undefined && reportedEpoch(this.epochs) === record)
      this.kept = {
        epoch,
        weights: keep,
        state: keep === "trained" ? trained : await session.readState(keep),
      };
    await onEpoch?.(record, () => this.#checkpoint(epoch, session));
    return "done";
  }

  async #checkpoint(epoch: number, session: Session): Promise<Checkpoint> {
    const { kept } = this;
    return {
      epoch,
      epochs: [...this.epochs],
      state: await session.readCheckpoint(),
      ...(kept === undefined || kept.epoch === epoch ? {} : { reported: kept.state }),
    };
  }

  async #evaluate(
    session: Session,
    {
      images,
      first,
      count,
    }: { readonly images: ImageHandle; readonly first: number; readonly count: number },
    weights: Weights = "trained",
  ): Promise<Tally | "stop"> {
    const tally = new Tally();
    const order = Uint32Array.from({ length: count }, (_, index) => first + index);
    const batches = [...batchesOf(order, this.#request.regime.batch, { partial: true })].map(
      (indices) => ({ from: "resident", images, indices }) as const,
    );
    for (let done = 0; done < batches.length; ) {
      const together = batches.slice(done, done + (session.atOnce?.evaluations ?? 1));
      const results = await this.#timed(() => runEvaluations(session, together, weights));
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

/** What a run that goes on has of the epoch that is to be reported so far. */
function keptBy({ keep, resume }: TrainRequest): KeptWeights | undefined {
  const reported = reportedEpoch(resume?.epochs ?? []);
  if (keep === undefined || resume === undefined || reported === undefined) return undefined;
  const { epoch } = reported;
  if (epoch === resume.epoch) return { epoch, weights: keep, state: weightsIn(resume.state, keep) };
  return resume.reported && { epoch, weights: keep, state: resume.reported };
}

/** Of a checkpoint, which names averages `ema:…` and momenta `momentum:…`. */
function weightsIn(state: ModelState, weights: Weights): ModelState {
  const entries = [...state].flatMap(([name, values]) => {
    if (weights === "trained") return name.includes(":") ? [] : [[name, values] as const];
    return name.startsWith("ema:") ? [[name.slice("ema:".length), values] as const] : [];
  });
  return new Map(entries);
}

/**
 * A value that is no number, by name. A loss does not tell of it where a rectifier stands between: on most
 * GPUs the greater of NaN and 0 is 0, and the network guesses from then on.
 */
function firstNotFinite(state: ModelState): string | undefined {
  for (const [name, values] of state) {
    const value = values.find((each) => !Number.isFinite(each));
    if (value !== undefined) return `${name} is ${value}`;
  }
  return undefined;
}

function diverged(reason: string): Ending {
  return { status: "diverged", reason };
}

function stopped(epoch: number): Ending {
  return { status: "stopped", reason: `stopped in epoch ${epoch}` };
}
