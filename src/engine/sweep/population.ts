import { findDataset } from "../data/catalogue.ts";
import { buildGraph } from "../graph/build.ts";
import { InputError } from "../math/input-error.ts";
import { createRng } from "../math/rng.ts";
import { describeNetwork } from "../network/describe.ts";
import { compilePlan } from "../plan/compile.ts";
import { planBytes } from "../plan/plan.ts";
import { UnsatisfiableBudgetError } from "../spaces/constraint.ts";
import { drawNetwork, type PopulationMember, type PopulationSource } from "../spaces/population.ts";
import { smallImageSetting } from "../spaces/setting.ts";
import { compileOptions, type Regime } from "../training/regime.ts";
import type { RunningTrial } from "./protocol.ts";
import type { Population, Study } from "./study.ts";
import { trialId } from "./trial.ts";

export interface DrawContext {
  readonly studyId: string;
  readonly seed: number;
  readonly regime: Regime;
}

/**
 * Network `index` of a population: a function of seed, population and index, however many are drawn and in whatever
 * order. @throws InputError if nothing satisfies the budget; `path` says where the budget stands.
 */
export function drawTrial(
  { studyId, seed, regime }: DrawContext,
  population: Population,
  index: number,
  path = "budget",
): RunningTrial {
  const member = draw(populationSource(population, seed, regime.dataset), index, path);
  const name = `${population.name} ${index + 1}`;
  const spec = { ...member.spec, name };
  const plan = compilePlan(buildGraph(spec), compileOptions(regime));
  return {
    trialId: trialId(studyId, population.name, index),
    studyId,
    population: population.name,
    index,
    params: member.params,
    network: { ...describeNetwork(spec), trainBytes: planBytes(plan) },
    draws: member.tally.drawn - member.tally.unfit,
  };
}

/** What the networks of a population are drawn from. Populations of one space differ by their names. */
export function populationSource(population: Population, seed: number, dataset: string): PopulationSource {
  const entry = findDataset(dataset);
  if (!entry) throw new InputError([{ path: "regime.dataset", message: `"${dataset}" is not known` }]);
  const [height, width, channels] = entry.shape;
  const frame = {
    ...smallImageSetting.frame,
    input: { height, width, channels },
    classes: entry.classes.length,
    stem: { ...smallImageSetting.frame.stem, width: population.stemWidth },
  };
  return {
    space: population.space,
    setting: { ...smallImageSetting, frame, stages: population.stages },
    budget: population.budget,
    seed: createRng(seed, "population", population.name).bits(),
  };
}

/** Finds out before anything is trained whether every population can be drawn at all. */
export function checkPopulations(study: Study): void {
  study.populations.forEach((population, i) => {
    draw(populationSource(population, study.seed, study.regime.dataset), 0, `populations[${i}].budget`);
  });
}

function draw(source: PopulationSource, index: number, path: string): PopulationMember {
  try {
    return drawNetwork(source, index);
  } catch (error) {
    if (error instanceof UnsatisfiableBudgetError) throw new InputError([{ path, message: error.message }]);
    throw error;
  }
}
