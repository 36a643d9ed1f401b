import { percentText } from "../math/percent.ts";
import { beaten, type Contender } from "./halving.ts";
import { checkPopulations, drawTrial } from "./population.ts";
import { ProgressMeter } from "./progress.ts";
import type { PopulationAcceptance, RunningTrial, SweepSummary } from "./protocol.ts";
import { readCheckpoint, runTrial, trialRecord } from "./run-trial.ts";
import { checkSameImages } from "./same-images.ts";
import { type Slot, trialOrder } from "./schedule.ts";
import { reaching, rungsOf } from "./scheduling.ts";
import type { SweepRun } from "./sweep-run.ts";
import { isSettled, type Trial, trialId } from "./trial.ts";
import { cameTo, choosingError, counted, earlyEnding, type Rung } from "./trial-rules.ts";

/**
 * Runs a study to its end or until it is stopped. A network that cannot be trained is recorded with its reason and the
 * next one follows; what concerns the whole run (nothing satisfies a budget, the store refuses, the device is lost)
 * rejects.
 *
 * All networks are trained with the study's seed, then all with the next one. Under halving all are trained up to the
 * first rung, then the best of every population up to the second, and so on.
 */
export async function runSweep(run: SweepRun): Promise<SweepSummary> {
  checkPopulations(run.study, run.dataset);
  checkSameImages(run.study.regime.dataset, run.dataDigest, run.recorded);
  return new Sweep(run).run();
}

type Begun = Pick<Trial, "epochs" | "ms">;

class Sweep {
  readonly #run: SweepRun;
  readonly #meter: ProgressMeter;
  /** Settled trials. */
  readonly #settled: Map<string, Trial>;
  /** Trials that are begun and not settled. */
  readonly #begun = new Map<string, Begun>();
  readonly #drawn = new Map<string, RunningTrial>();
  readonly #acceptance: ReadonlyMap<string, { population: string; accepted: number; drawn: number }>;
  readonly #order: readonly (Slot & { readonly repeat: number })[];
  #outOfTime = false;

  constructor(run: SweepRun) {
    const { study, studyId, control, giveUp, retryFailed = false } = run;
    this.#run = run;
    this.#meter = new ProgressMeter(study, studyId, run.device, () => control.duty);
    const again = ({ id, status, reason }: Trial) => {
      if (status !== "failed") return false;
      // It failed before, and was being trained again; a run that lost its device may have given it up already.
      if (id === giveUp?.trialId) return reason !== giveUp.reason;
      return Array.isArray(retryFailed) ? retryFailed.includes(id) : retryFailed;
    };
    const keeps = (trial: Trial) => isSettled(trial) && !again(trial);
    this.#settled = new Map(run.recorded.filter(keeps).map((trial) => [trial.id, trial]));
    this.#acceptance = new Map(
      study.populations.map(({ name }) => [name, { population: name, accepted: 0, drawn: 0 }]),
    );
    const slots = trialOrder(study.populations);
    this.#order = Array.from({ length: study.repeats ?? 1 }, (_, i) =>
      slots.map((slot) => ({ ...slot, repeat: i + 1 })),
    ).flat();
  }

  async run(): Promise<SweepSummary> {
    const { study, studyId, listener } = this.#run;
    await this.#recall();
    listener.progress?.(this.#meter.read());
    const rungs = rungsOf(study);
    for (const [i, goal] of rungs.entries()) {
      const rung = { goal, number: i + 1, of: rungs.length };
      if (!(await this.#trainTo(rung))) break;
      if (rung.number < rung.of) await this.#halve(rung);
    }
    const { settled: trials, total } = this.#meter.read().trials;
    const acceptance: PopulationAcceptance[] = [...this.#acceptance.values()];
    if (trials === total) return { studyId, outcome: "complete", trials, acceptance };
    const reason = this.#outOfTime ? { reason: `its ${study.stop?.minutes} minutes are over` } : {};
    return { studyId, outcome: "stopped", ...reason, trials, acceptance };
  }

  /** What earlier runs left. */
  async #recall(): Promise<void> {
    const { study, device, speeds } = this.#run;
    const rates = (await speeds?.speedsOf(device).catch(() => [])) ?? [];
    this.#meter.calibrate(rates, [...this.#settled.values()]);
    for (const slot of this.#order) {
      const id = this.#id(slot);
      const known = this.#settled.get(id);
      if (known) {
        this.#meter.skip(known);
        this.#count(known);
      } else if (study.halving || study.stop?.minutes !== undefined) {
        const kept = await readCheckpoint(this.#run, id);
        if (kept === undefined) continue;
        this.#note(id, kept.epochs);
        const { population, network } = this.#draw(slot);
        this.#meter.skip({ id, population, network, status: "stopped", epochs: kept.epochs });
      }
    }
  }

  /** Trains all that is not settled up to so many epochs; false if the run was stopped. */
  async #trainTo(rung: Rung): Promise<boolean> {
    const { control, giveUp, listener, study } = this.#run;
    for (const slot of this.#order) {
      const id = this.#id(slot);
      if (this.#isThere(id, rung)) continue;
      if ((await control.gate()) === "stop" || this.#timeIsUp(0)) return false;
      if (giveUp?.trialId === id) {
        await this.#end(slot, "failed", giveUp.reason);
        continue;
      }
      const spent = this.#begun.get(id)?.ms ?? 0;
      const record = await runTrial(this.#run, this.#draw(slot), this.#meter, {
        ending: (epochs, ms) => earlyEnding(study.stop, rung, epochs, ms),
        timeIsUp: (ms) => this.#timeIsUp(ms - spent),
      });
      this.#take(record);
      await this.#keepSpeeds();
      listener.trialDone?.(record);
      listener.progress?.(this.#meter.read());
    }
    // The last one may have been stopped.
    return this.#order.every((slot) => this.#isThere(this.#id(slot), rung));
  }

  /** Settled, or waiting at the rung. A run that died may have left one there that a rule was about to cut. */
  #isThere(id: string, rung: Rung): boolean {
    if (this.#settled.has(id)) return true;
    const { epochs, ms } = this.#begun.get(id) ?? { epochs: [], ms: 0 };
    return (
      epochs.length >= rung.goal && earlyEnding(this.#run.study.stop, rung, epochs, ms)?.status !== "cut"
    );
  }

  /** Without them the next run predicts later; no reason to end this one. */
  async #keepSpeeds(): Promise<void> {
    const { device, speeds } = this.#run;
    await speeds?.keepSpeeds(device, this.#meter.rates).catch(() => {});
  }

  /**
   * Cuts the networks of every population that do not go on from a rung. A run that died halfway is gone on with: what is
   * recorded, and how the others compare, must not depend on who was cut already.
   */
  async #halve(rung: Rung): Promise<void> {
    const { study } = this.#run;
    for (const [population, { name, count }] of study.populations.entries()) {
      const keep = reaching(count, rung.number, study.halving);
      for (const { index, error, bound } of beaten(this.#contenders(name, count, rung), rung.goal, keep)) {
        const reason =
          `halving: error ${percentText(error)} after ${counted(rung.goal)}; ` +
          `the best ${keep} went on, with at most ${percentText(bound)}`;
        const seeds = this.#order.filter((slot) => slot.population === population && slot.index === index);
        for (const slot of seeds) await this.#end(slot, "cut", reason);
      }
    }
  }

  /** Networks of which a seed is still in it, with the errors of all their seeds that came to the rung. */
  #contenders(population: string, count: number, rung: Rung): Contender[] {
    const { study, studyId } = this.#run;
    return Array.from({ length: count }, (_, index) => {
      const seeds = Array.from({ length: study.repeats ?? 1 }, (_, i) => {
        const id = trialId(studyId, population, index, i + 1);
        const settled = this.#settled.get(id);
        const { epochs } = settled ?? this.#begun.get(id) ?? { epochs: [] };
        const counts = settled === undefined || settled.status === "done" || settled.status === "cut";
        const there = counts && cameTo(rung, epochs, study.stop);
        return { errors: there ? epochs.map(choosingError) : [], isIn: there && settled?.status !== "cut" };
      });
      return { index, isIn: seeds.some(({ isIn }) => isIn), seeds: seeds.map(({ errors }) => errors) };
    })
      .filter(({ isIn }) => isIn)
      .map(({ index, seeds }) => ({ index, seeds: seeds.filter(({ length }) => length > 0) }));
  }

  /**
   * Ends a trial where it stands. One that is done stays so: it was trained when there were fewer networks, or more seeds
   * went on.
   */
  async #end(
    slot: Slot & { readonly repeat: number },
    status: "cut" | "failed",
    reason: string,
  ): Promise<void> {
    const { recorder, listener, device } = this.#run;
    const id = this.#id(slot);
    if (this.#settled.has(id)) return;
    const kept = await readCheckpoint(this.#run, id);
    const epochs = kept?.epochs ?? [];
    const ms = epochs.reduce((sum, epoch) => sum + epoch.ms, 0);
    const outcome = { status, reason, epochs, error: null, ms } as const;
    const record = trialRecord(
      this.#run,
      this.#draw(slot),
      outcome,
      kept?.devices ?? [device],
      kept?.predictedMs,
    );
    await recorder.finish(record);
    this.#meter.skip(record);
    this.#take(record);
    listener.trialDone?.(record);
    listener.progress?.(this.#meter.read());
  }

  #take(record: Trial): void {
    if (!isSettled(record)) {
      this.#note(record.id, record.epochs);
      return;
    }
    this.#begun.delete(record.id);
    this.#settled.set(record.id, record);
  }

  #note(id: string, epochs: Trial["epochs"]): void {
    const ms = epochs.reduce((sum, epoch) => sum + epoch.ms, 0);
    this.#begun.set(id, { epochs, ms });
  }

  /** Whether the study has had its time, with so many milliseconds of a trial that is not counted yet. */
  #timeIsUp(ms: number): boolean {
    const { minutes } = this.#run.study.stop ?? {};
    if (minutes === undefined) return false;
    const spent = [...this.#settled.values(), ...this.#begun.values()].reduce((sum, { ms }) => sum + ms, ms);
    this.#outOfTime ||= spent >= minutes * 60_000;
    return this.#outOfTime;
  }

  #id({ population, index, repeat }: Slot & { readonly repeat: number }): string {
    const { study, studyId } = this.#run;
    return trialId(studyId, study.populations[population]!.name, index, repeat);
  }

  /** The network of a slot: drawn once, whatever its seeds and rungs. */
  #draw(slot: Slot & { readonly repeat: number }): RunningTrial {
    const { study, studyId, dataset } = this.#run;
    const { population, index, repeat } = slot;
    const first = this.#id({ ...slot, repeat: 1 });
    let drawn = this.#drawn.get(first);
    if (drawn === undefined) {
      const path = `populations[${population}]`;
      drawn = drawTrial({ ...study, studyId, dataset }, study.populations[population]!, index, path);
      this.#drawn.set(first, drawn);
      this.#count(drawn);
    }
    return repeat === 1 ? drawn : { ...drawn, trialId: this.#id(slot), repeat };
  }

  readonly #counted = new Set<string>();

  /** Counts a network's draws, once for all its seeds. */
  #count({ population, index, draws }: Pick<Trial, "population" | "index" | "draws">): void {
    const key = trialId("", population, index);
    if (this.#counted.has(key)) return;
    this.#counted.add(key);
    const tally = this.#acceptance.get(population)!;
    tally.accepted += 1;
    tally.drawn += draws;
  }
}
