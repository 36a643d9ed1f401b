import { CostModel, trialWork } from "./cost-model.ts";
import type { RunningTrial, SweepProgress } from "./protocol.ts";
import type { Study } from "./study.ts";

/** Follows a run: how much of its work is done, how fast, how long it will take. */
export class ProgressMeter {
  readonly #study: Study;
  readonly #studyId: string;
  readonly #model = new CostModel();
  readonly #populations: ReadonlyMap<string, PopulationWork>;
  #settled = 0;
  #running: { readonly work: number; readonly images: number } | undefined;
  #done: { step: number; steps: number; ms: number } = { step: 0, steps: 0, ms: 0 };

  constructor(study: Study, studyId: string) {
    this.#study = study;
    this.#studyId = studyId;
    this.#populations = new Map(
      study.populations.map(({ name, count }) => [name, new PopulationWork(count)]),
    );
  }

  /** A trial that was recorded in an earlier run. */
  skip(trial: Pick<RunningTrial, "population" | "network">): void {
    this.#population(trial).settle(trialWork(trial.network, this.#study.regime));
    this.#settled++;
  }

  start(trial: RunningTrial): void {
    const { images, epochs } = this.#study.regime;
    this.#running = { work: trialWork(trial.network, this.#study.regime), images: images * epochs };
    this.#done = { step: 0, steps: 0, ms: 0 };
  }

  step(step: number, steps: number, ms: number): void {
    this.#done = { step, steps, ms };
  }

  /** The running trial is over after `ms`; only those that went to the end teach the cost model. */
  finish(trial: Pick<RunningTrial, "population">, status: string, ms: number): void {
    const { work } = this.#running ?? { work: 0 };
    if (status === "done") this.#model.observe(work, ms);
    if (status !== "stopped") {
      this.#population(trial).settle(work);
      this.#settled++;
    }
    this.#running = undefined;
  }

  read(): SweepProgress {
    const { step, steps, ms } = this.#done;
    const part = this.#running && steps > 0 ? step / steps : 0;
    const underWay = { work: part * (this.#running?.work ?? 0), ms };
    const all = [...this.#populations.values()];
    const total = totalWork(all);
    const done = all.reduce((sum, { work }) => sum + work, 0) + underWay.work;
    const remaining = Math.max(0, total - done);
    const etaMs = this.#model.predict(remaining, this.#running ? underWay : undefined);
    const rate = this.#running && ms > 0 ? (1000 * part * this.#running.images) / ms : undefined;
    return {
      studyId: this.#studyId,
      trials: { settled: this.#settled, total: all.reduce((sum, { count }) => sum + count, 0) },
      fraction: total > 0 ? Math.min(1, done / total) : 0,
      step,
      steps,
      ...(etaMs === undefined ? {} : { etaMs }),
      ...(rate === undefined ? {} : { imagesPerSecond: rate }),
    };
  }

  #population({ population }: Pick<RunningTrial, "population">): PopulationWork {
    const found = this.#populations.get(population);
    if (!found) throw new RangeError(`no population "${population}" in the study`);
    return found;
  }
}

class PopulationWork {
  readonly count: number;
  settled = 0;
  work = 0;

  constructor(count: number) {
    this.count = count;
  }

  settle(work: number): void {
    this.settled++;
    this.work += work;
  }
}

/** Networks that are not drawn yet are taken for the mean of their population, or of the study. */
function totalWork(populations: readonly PopulationWork[]): number {
  const settled = populations.reduce((sum, population) => sum + population.settled, 0);
  const work = populations.reduce((sum, population) => sum + population.work, 0);
  const mean = settled > 0 ? work / settled : 1;
  return populations.reduce(
    (sum, population) =>
      sum + population.count * (population.settled > 0 ? population.work / population.settled : mean),
    0,
  );
}
