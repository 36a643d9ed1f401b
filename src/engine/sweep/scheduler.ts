import { checkPopulations, drawTrial } from "./population.ts";
import { ProgressMeter } from "./progress.ts";
import type { SweepSummary } from "./protocol.ts";
import { runTrial } from "./run-trial.ts";
import { type Slot, trialOrder } from "./schedule.ts";
import type { SweepRun } from "./sweep-run.ts";
import { isSettled, type Trial, trialId } from "./trial.ts";

/**
 * Runs a study to its end or until it is stopped. A network that cannot be trained is recorded with its reason and the
 * next one follows; what concerns the whole run (nothing satisfies a budget, the store refuses, the device is lost)
 * rejects.
 */
export async function runSweep(run: SweepRun): Promise<SweepSummary> {
  const { study, studyId, dataset, control, listener } = run;
  checkPopulations(study, dataset);
  const settled = new Map(run.recorded.filter(isSettled).map((trial) => [trial.id, trial]));
  const meter = new ProgressMeter(study, studyId);
  const acceptance = new Map(
    study.populations.map(({ name }) => [name, { population: name, accepted: 0, drawn: 0 }]),
  );
  const count = ({ population, draws }: Pick<Trial, "population" | "draws">) => {
    const tally = acceptance.get(population)!;
    tally.accepted += 1;
    tally.drawn += draws;
  };

  const pending: Slot[] = [];
  for (const slot of trialOrder(study.populations)) {
    const { name } = study.populations[slot.population]!;
    const known = settled.get(trialId(studyId, name, slot.index));
    if (known) {
      meter.skip(known);
      count(known);
    } else pending.push(slot);
  }
  listener.progress?.(meter.read());

  for (const { population, index } of pending) {
    if ((await control.gate()) === "stop") break;
    const path = `populations[${population}]`;
    const trial = drawTrial({ ...study, studyId, dataset }, study.populations[population]!, index, path);
    count(trial);
    const record = await runTrial(run, trial, meter);
    listener.trialDone?.(record);
    listener.progress?.(meter.read());
  }
  const { settled: trials, total } = meter.read().trials;
  const outcome = trials < total ? "stopped" : "complete";
  return { studyId, outcome, trials, acceptance: [...acceptance.values()] };
}
