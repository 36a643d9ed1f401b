import { CostModel, trialWork } from "./cost-model.ts";
import type { RunningTrial, SweepProgress } from "./protocol.ts";
import type { Study } from "./study.ts";
import type { TrialStatus } from "./trial.ts";

/** Follows a run: how much of its work is done, how fast, how long it will take. */
export class ProgressMeter {
  readonly #study: Study;
  readonly #studyId: string;
  readonly #model = new CostModel();
  readonly #populations: ReadonlyMap<string, PopulationWork>;
  #settled = 0;
  #settledWork = 0;
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
    const work = trialWork(trial.network, this.#study.regime);
    this.#population(trial).draw(work);
    this.#settle(work);
  }

  start(trial: RunningTrial): void {
    const { images, epochs } = this.#study.regime;
    const work = trialWork(trial.network, this.#study.regime);
    this.#population(trial).draw(work);
    this.#running = { work, images: images * epochs };
    this.#done = { step: 0, steps: 0, ms: 0 };
  }

  step(step: number, steps: number, ms: number): void {
    this.#done = { step, steps, ms };
  }

  /** The running trial is over after `ms`; only those that went to the end teach the cost model. */
  finish(status: TrialStatus, ms: number): void {
    const { work } = this.#running ?? { work: 0 };
    if (status === "done") this.#model.observe(work, ms);
    if (status !== "stopped") this.#settle(work);
    this.#running = undefined;
  }

  read(): SweepProgress {
    const { step, steps, ms } = this.#done;
    const part = this.#running && steps > 0 ? step / steps : 0;
    const underWay = { work: part * (this.#running?.work ?? 0), ms };
    const all = [...this.#populations.values()];
    const total = totalWork(all);
    const done = this.#settledWork + underWay.work;
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

  #settle(work: number): void {
    this.#settled++;
    this.#settledWork += work;
  }

  #population({ population }: Pick<RunningTrial, "population">): PopulationWork {
    const found = this.#populations.get(population);
    if (!found) throw new RangeError(`no population "${population}" in the study`);
    return found;
  }
}

/** The networks of a population that are drawn so far. */
class PopulationWork {
  readonly count: number;
  drawn = 0;
  work = 0;

  constructor(count: number) {
    this.count = count;
  }

  draw(work: number): void {
    this.drawn++;
    this.work += work;
  }
}

/** Networks that are not drawn yet are taken for the mean of their population, or of the study. */
function totalWork(populations: readonly PopulationWork[]): number {
  const drawn = populations.reduce((sum, population) => sum + population.drawn, 0);
  const work = populations.reduce((sum, population) => sum + population.work, 0);
  const mean = drawn > 0 ? work / drawn : 0;
  return populations.reduce(
    (sum, each) => sum + each.count * (each.drawn > 0 ? each.work / each.drawn : mean),
    0,
  );
}
