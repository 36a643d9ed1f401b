import { CostModel, trialWork } from "./cost-model.ts";
import type { RungProgress, RunningTrial, SweepProgress } from "./protocol.ts";
import { reaching, rungsOf, totalTrials } from "./scheduling.ts";
import type { Study } from "./study.ts";
import { isSettled, type Trial } from "./trial.ts";

/** How far a trial is. */
type Stand = Pick<Trial, "status"> & { readonly epochs: number };

/** What the cost model learns from. */
type Measured = Pick<Trial, "status" | "epochs" | "ms" | "device" | "network">;

/** Follows a run: how much of its work is done, how fast, how long it will take. */
export class ProgressMeter {
  readonly #study: Study;
  readonly #studyId: string;
  readonly #duty: () => number;
  readonly #device: string;
  #model = new CostModel();
  readonly #rungs: readonly number[];
  readonly #populations: ReadonlyMap<string, PopulationWork>;
  readonly #stands = new Map<string, Stand & { readonly population: string }>();
  #doneWork = 0;
  #running: { readonly work: number; readonly before: number } | undefined;
  #done: { step: number; steps: number; ms: number } = { step: 0, steps: 0, ms: 0 };

  /**
   * @param device whose speed is learned.
   * @param duty share of the time that is worked.
   */
  constructor(study: Study, studyId: string, device: string, duty: () => number = () => 1) {
    this.#study = study;
    this.#studyId = studyId;
    this.#device = device;
    this.#duty = duty;
    this.#rungs = rungsOf(study);
    this.#populations = new Map(study.populations.map(({ name }) => [name, new PopulationWork()]));
  }

  /**
   * What earlier runs learned of the device; where nothing was kept, what their records say of it.
   */
  calibrate(rates: readonly number[], recorded: readonly Measured[]): void {
    this.#model = new CostModel(rates);
    if (this.rates.length > 0) return;
    for (const trial of recorded) this.#learn(trial);
  }

  /** What is learned of the device. */
  get rates(): readonly number[] {
    return this.#model.rates;
  }

  /** Milliseconds that a trial will take, without pauses for the duty; undefined before anything was measured. */
  predict({ network }: Pick<RunningTrial, "network">): number | undefined {
    return this.#model.predict(trialWork(network, this.#study.regime));
  }

  /** A trial that was recorded in an earlier run, or without being trained now. */
  skip(trial: Pick<Trial, "id" | "population" | "network" | "status" | "epochs">): void {
    const work = trialWork(trial.network, this.#study.regime);
    if (!this.#stands.has(trial.id)) this.#population(trial).draw(work);
    this.#stand(trial.id, trial.population, { status: trial.status, epochs: trial.epochs.length }, work);
  }

  /** A trial begins, or goes on after so many epochs. */
  start(trial: RunningTrial, epochs = 0): void {
    const work = trialWork(trial.network, this.#study.regime);
    if (!this.#stands.has(trial.trialId)) this.#population(trial).draw(work);
    this.#stand(trial.trialId, trial.population, { status: "stopped", epochs }, work);
    this.#running = { work, before: epochs / this.#study.regime.epochs };
    this.#done = { step: 0, steps: 0, ms: 0 };
  }

  step(step: number, steps: number, ms: number): void {
    this.#done = { step, steps, ms };
  }

  /** The trial under way is over, or waits. */
  finish(trial: Measured & Pick<Trial, "id" | "population">): void {
    const { work } = this.#running ?? { work: 0 };
    this.#learn(trial);
    this.#stand(trial.id, trial.population, { status: trial.status, epochs: trial.epochs.length }, work);
    this.#running = undefined;
  }

  read(): SweepProgress {
    const { step, steps, ms } = this.#done;
    const { images, epochs } = this.#study.regime;
    const part = this.#running && steps > 0 ? step / steps : 0;
    const underWay = { work: part * (this.#running?.work ?? 0), ms, share: part };
    const fresh = Math.max(0, part - (this.#running?.before ?? 0)) * (this.#running?.work ?? 0);
    const total = totalTrials(this.#study);
    const settled = [...this.#stands.values()].filter(isSettled).length;
    const remaining = settled === total ? 0 : Math.max(0, this.#remainingWork() - fresh);
    const done = this.#doneWork + fresh;
    // Before a network is drawn nothing is known of their costs.
    const etaMs =
      settled === total || this.#stands.size > 0
        ? this.#model.predict(remaining, this.#running ? underWay : undefined)
        : undefined;
    const rate = this.#running && ms > 0 ? (1000 * part * images * epochs) / ms : undefined;
    return {
      studyId: this.#studyId,
      trials: { settled, total },
      fraction: settled === total ? 1 : done > 0 ? done / (done + remaining) : 0,
      step,
      steps,
      ...(etaMs === undefined ? {} : { etaMs: etaMs / this.#duty() }),
      ...(rate === undefined ? {} : { imagesPerSecond: rate }),
      ...(this.#study.halving ? { rungs: this.#rungProgress() } : {}),
    };
  }

  /** Only what went to the end on this device alone teaches the cost model; at a rung of halving, its epochs up to there. */
  #learn({ status, epochs, ms, device, network }: Measured): void {
    if (device !== this.#device) return;
    const { regime, halving } = this.#study;
    const work = trialWork(network, regime);
    if (status === "done") this.#model.observe(work, ms);
    else if (!isSettled({ status }) && halving && this.#rungs.includes(epochs.length)) {
      const spent = epochs.reduce((sum, epoch) => sum + epoch.ms, 0);
      this.#model.observe((work * epochs.length) / regime.epochs, spent);
    }
  }

  #stand(id: string, population: string, stand: Stand, work: number): void {
    const before = this.#stands.get(id);
    const share = (each: Stand | undefined) => {
      if (each === undefined) return 0;
      // What failed or diverged takes no more time.
      const over = each.status === "failed" || each.status === "diverged";
      return over && !this.#study.halving ? 1 : each.epochs / this.#study.regime.epochs;
    };
    this.#doneWork += work * (share(stand) - share(before));
    this.#stands.set(id, { ...stand, population });
  }

  /** Networks that are not drawn yet are taken for the mean of their population, or of the study. */
  #remainingWork(): number {
    const all = [...this.#populations.values()];
    const drawn = all.reduce((sum, { drawn }) => sum + drawn, 0);
    const overall = drawn > 0 ? all.reduce((sum, { work }) => sum + work, 0) / drawn : 0;
    return this.#study.populations.reduce((sum, { name, count }) => {
      const { drawn, work } = this.#populations.get(name)!;
      const left = this.#rungs.reduce((trainings, goal, rung) => {
        const { reached, of } = this.#reached(rung, count, name);
        const epochs = goal - (this.#rungs[rung - 1] ?? 0);
        return trainings + (Math.max(0, of - reached) * epochs) / this.#study.regime.epochs;
      }, 0);
      return sum + left * (drawn > 0 ? work / drawn : overall);
    }, 0);
  }

  #rungProgress(): RungProgress[] {
    return this.#rungs.map((epochs, rung) => {
      const parts = this.#study.populations.map(({ name, count }) => this.#reached(rung, count, name));
      const sum = (key: "reached" | "of") => parts.reduce((total, part) => total + part[key], 0);
      return { epochs, reached: sum("reached"), of: sum("of") };
    });
  }

  /** How many trials of a population came to a rung, of how many; those that failed on their way to the first are there. */
  #reached(rung: number, count: number, population: string): { reached: number; of: number } {
    const goal = this.#rungs[rung]!;
    const reached = [...this.#stands.values()].filter(
      (each) => each.population === population && (each.epochs >= goal || (rung === 0 && isSettled(each))),
    ).length;
    return { reached, of: reaching(count, rung, this.#study.halving) * (this.#study.repeats ?? 1) };
  }

  #population({ population }: Pick<RunningTrial, "population">): PopulationWork {
    const found = this.#populations.get(population);
    if (!found) throw new RangeError(`no population "${population}" in the study`);
    return found;
  }
}

/** The trials of a population whose networks are drawn so far. */
class PopulationWork {
  drawn = 0;
  work = 0;

  draw(work: number): void {
    this.drawn++;
    this.work += work;
  }
}
