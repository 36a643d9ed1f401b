import { ExecutorError } from "../runtime/executor.ts";
import type { EpochRecord, TrainOutcome } from "../training/trainer.ts";
import type { ProgressMeter } from "./progress.ts";
import type { RunningTrial } from "./protocol.ts";
import type { TrialCheckpoint } from "./recorder.ts";
import { differ } from "./same-images.ts";
import type { SweepRun, TrialJob } from "./sweep-run.ts";
import { repeatSeed, type Trial } from "./trial.ts";
import { type EarlyEnding, following, type TrialRules } from "./trial-rules.ts";

/** Milliseconds between two reports of progress within a trial. */
const progressInterval = 250;

/** Sessions that one trial may lose (a thread that ended, say): what happens more often than this will happen again. */
const mostInterruptions = 3;

/**
 * Trains a network, from its last complete epoch if an earlier run left one, and records it. A lost session goes on from
 * the last epoch too.
 *
 * @throws what concerns the whole run: the recorder refuses, the device is lost or computes wrong.
 */
export async function runTrial(
  run: SweepRun,
  trial: RunningTrial,
  meter: ProgressMeter,
  rules: TrialRules,
): Promise<Trial> {
  const before = await readCheckpoint(run, trial.trialId);
  const predictedMs = before ? before.predictedMs : meter.predict(trial);
  for (let interruptions = 0; ; interruptions++) {
    const attempt = new Attempt(
      run,
      trial,
      meter,
      rules,
      interruptions === 0 ? before : await readCheckpoint(run, trial.trialId),
      predictedMs,
    );
    const outcome = await attempt.train();
    const again = attempt.interrupted && interruptions < mostInterruptions;
    if (again) continue;
    const record = trialRecord(run, trial, outcome, attempt.devices, predictedMs);
    meter.finish(record);
    await run.recorder.finish(record, outcome.kept);
    return record;
  }
}

/** Of another version of the program, whose plans may differ, or of other images, none is taken. */
export async function readCheckpoint(
  { recorder, version, dataDigest }: Pick<SweepRun, "recorder" | "version" | "dataDigest">,
  trialId: string,
): Promise<TrialCheckpoint | undefined> {
  const kept = await recorder.checkpoint(trialId);
  return kept?.version === version && !differ(kept.dataDigest, dataDigest) ? kept : undefined;
}

export type Outcome = Omit<TrainOutcome, "status"> & Pick<Trial, "status">;

class Attempt {
  /** The session was lost, the executor was not. */
  interrupted = false;
  readonly devices: readonly string[];
  readonly #run: SweepRun;
  readonly #trial: RunningTrial;
  readonly #meter: ProgressMeter;
  readonly #from: TrialCheckpoint | undefined;
  readonly #predictedMs: number | undefined;
  readonly #epochs: EpochRecord[];
  readonly #now: () => number;
  #reportedAt: number;
  #refused: { readonly error: unknown } | undefined;
  readonly #rules: TrialRules;
  #ms: number;

  constructor(
    run: SweepRun,
    trial: RunningTrial,
    meter: ProgressMeter,
    rules: TrialRules,
    from: TrialCheckpoint | undefined,
    predictedMs: number | undefined,
  ) {
    this.#run = run;
    this.#trial = trial;
    this.#meter = meter;
    this.#rules = rules;
    this.#from = from;
    this.#predictedMs = predictedMs;
    this.#epochs = [...(from?.epochs ?? [])];
    this.#ms = this.#epochs.reduce((sum, { ms }) => sum + ms, 0);
    const before = from?.devices ?? [];
    this.devices = before.at(-1) === run.device ? before : [...before, run.device];
    this.#now = run.now ?? (() => performance.now());
    this.#reportedAt = this.#now();
  }

  async train(): Promise<Outcome> {
    const { recorder, listener, train, study } = this.#run;
    const trial = this.#trial;
    await recorder.begin(trial, this.#from);
    listener.trialStarted?.(trial);
    for (const epoch of this.#epochs) listener.epoch?.({ trialId: trial.trialId, epoch });
    this.#meter.start(trial, this.#epochs.length);
    const { gate, ending } = this.#gate();
    try {
      const outcome = await train({
        trial,
        spec: trial.network.spec,
        regime: study.regime,
        seed: repeatSeed(study.seed, trial.repeat ?? 1),
        control: following(this.#run.control, gate),
        ...(this.#from ? { resume: this.#from } : {}),
        onEpoch: (epoch, checkpoint) => this.#epoch(epoch, checkpoint),
        onStep: (step, steps, ms) => this.#step(step, steps, ms),
      });
      return outcome.status === "stopped" ? { ...outcome, ...ending() } : outcome;
    } catch (error) {
      return this.#failure(error);
    }
  }

  /** A gate that rules close as the run's control does, and that knows where an epoch ends. */
  #gate() {
    let asked = -1;
    let ending: EarlyEnding | undefined;
    const gate = async () => {
      ending = this.#rules.ending(this.#epochs, this.#ms);
      if (ending) return "stop" as const;
      const at = asked === this.#epochs.length ? "step" : "epoch";
      asked = this.#epochs.length;
      const answer = await this.#run.control.gate(at);
      if (answer === "go" && at === "epoch" && this.#rules.timeIsUp(this.#ms)) return "stop" as const;
      return answer;
    };
    return { gate, ending: () => ending };
  }

  #failure(error: unknown): Outcome {
    if (this.#refused) throw this.#refused.error;
    // Not the trial's fault: without its device, or on one that computes wrong, no other would fare better.
    if (error instanceof ExecutorError && (error.code === "lost" || error.code === "wrong")) throw error;
    this.interrupted = error instanceof ExecutorError && error.code === "interrupted";
    const reason = error instanceof Error ? error.message : String(error);
    const ms = this.#epochs.reduce((sum, epoch) => sum + epoch.ms, 0);
    return { status: "failed", reason, epochs: this.#epochs, error: null, ms };
  }

  readonly #epoch: TrialJob["onEpoch"] = async (epoch, checkpoint) => {
    const { recorder, listener, study, version } = this.#run;
    const kept =
      epoch.epoch < study.regime.epochs
        ? {
            ...(await checkpoint()),
            devices: this.devices,
            version,
            ...digested(this.#run.dataDigest),
            ...predicted(this.#predictedMs),
          }
        : undefined;
    try {
      await recorder.epoch(this.#trial, epoch, kept);
    } catch (error) {
      this.#refused = { error };
      throw error;
    }
    this.#epochs.push(epoch);
    listener.epoch?.({ trialId: this.#trial.trialId, epoch });
  };

  #step(step: number, steps: number, ms: number): void {
    this.#ms = ms;
    this.#meter.step(step, steps, ms);
    if (this.#now() - this.#reportedAt < progressInterval) return;
    this.#reportedAt = this.#now();
    this.#run.listener.progress?.(this.#meter.read());
  }
}

export function trialRecord(
  { study, version, dataDigest }: Pick<SweepRun, "study" | "version" | "dataDigest">,
  trial: RunningTrial,
  outcome: Outcome,
  devices: readonly string[],
  predictedMs?: number,
): Trial {
  const { status, reason, epochs, error, ms } = outcome;
  return {
    id: trial.trialId,
    study: trial.studyId,
    population: trial.population,
    index: trial.index,
    ...(trial.repeat === undefined ? {} : { repeat: trial.repeat }),
    params: trial.params,
    network: trial.network,
    draws: trial.draws,
    seed: repeatSeed(study.seed, trial.repeat ?? 1),
    regime: study.regime,
    status,
    ...(reason === undefined ? {} : { reason }),
    epochs,
    error,
    ms,
    ...predicted(predictedMs),
    device: devices.join(", then "),
    version,
    ...digested(dataDigest),
  };
}

function digested(dataDigest: string | undefined): Pick<Trial, "dataDigest"> {
  return dataDigest === undefined ? {} : { dataDigest };
}

function predicted(predictedMs: number | undefined): Pick<Trial, "predictedMs"> {
  return predictedMs === undefined ? {} : { predictedMs };
}
