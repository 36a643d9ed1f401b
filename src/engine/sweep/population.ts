import { type DatasetFacts, findDataset } from "../data/catalogue.ts";
import { buildGraph } from "../graph/build.ts";
import { InputError } from "../math/input-error.ts";
import { createRng } from "../math/rng.ts";
import { describeNetwork } from "../network/describe.ts";
import type { NetworkSpec } from "../network/spec.ts";
import { compilePlan } from "../plan/compile.ts";
import { planBytes } from "../plan/plan.ts";
import { UnsatisfiableBudgetError } from "../spaces/constraint.ts";
import { drawNetwork, type PopulationMember, type PopulationSource } from "../spaces/population.ts";
import { smallImageSetting } from "../spaces/setting.ts";
import { largestInput, trainingPhases } from "../training/phases.ts";
import { compileOptions, graphOptions, type Regime } from "../training/regime.ts";
import { normOf } from "./norm-choice.ts";
import { wholeDraws } from "./parameters-schema.ts";
import type { RunningTrial } from "./protocol.ts";
import { type ScaledPopulation, scaledNetwork } from "./scaled-population.ts";
import {
  type DrawnPopulation,
  type GivenPopulation,
  isDrawn,
  isGiven,
  isScaled,
  type Population,
  type Study,
} from "./study.ts";
import { type TrialParams, trialId } from "./trial.ts";

export interface DrawContext {
  readonly studyId: string;
  readonly seed: number;
  readonly regime: Regime;
  /** Of the regime's data set; may be left out for one of the catalogue. */
  readonly dataset?: DatasetFacts | undefined;
}

/**
 * Network `index` of a population: a function of seed, population and index, however many are drawn and in whatever
 * order. @throws InputError if nothing satisfies the budget or a given network does not fit the data; `path` says where
 * the population stands.
 */
export function drawTrial(
  { studyId, seed, regime, dataset = catalogued(regime.dataset) }: DrawContext,
  population: Population,
  index: number,
  path = "",
): RunningTrial {
  const member = memberOf(population, index, seed, dataset, path);
  const { spec } = member;
  const largest = largestInput(spec, regime);
  const plan = compilePlan(buildGraph(largest, graphOptions(regime)), compileOptions(regime));
  return {
    trialId: trialId(studyId, population.name, index),
    studyId,
    population: population.name,
    index,
    params: member.params,
    network: { ...describeNetwork(spec), trainBytes: planBytes(plan) },
    draws: member.draws,
  };
}

interface Member {
  readonly spec: NetworkSpec;
  readonly params: TrialParams;
  /** Networks of the space that were drawn until this one. */
  readonly draws: number;
}

function memberOf(
  population: Population,
  index: number,
  seed: number,
  dataset: DatasetFacts,
  path: string,
): Member {
  if (isGiven(population)) return given(population, index, dataset, path);
  if (isScaled(population)) return scaled(population, index, dataset, path);
  return drawn(population, index, seed, dataset, path);
}

/** A population of one network bears its name; among several each keeps its own. */
function given(
  { name, networks }: GivenPopulation,
  index: number,
  dataset: DatasetFacts,
  path: string,
): Member {
  const spec = networks[index]!;
  const problem = misfit(spec, dataset);
  if (problem)
    throw new InputError([{ path: at(path, `networks[${index}]${problem.path}`), message: problem.message }]);
  const own = networks.length === 1 ? name : (spec.name ?? `${name} ${index + 1}`);
  return { spec: { ...spec, name: own }, params: { family: "given" }, draws: 1 };
}

function scaled(population: ScaledPopulation, index: number, dataset: DatasetFacts, path: string): Member {
  const { spec, factor } = located(path, () => scaledNetwork(population, index, dataset));
  const problem = misfit(spec, dataset);
  if (problem)
    throw new InputError([{ path: at(path, `baseline${problem.path}`), message: problem.message }]);
  const { name, scaling } = population;
  const params = { family: "scaled", scaling, factor } as const;
  return { spec: { ...spec, name: `${name} ${index + 1}` }, params, draws: 1 };
}

/** Paths of problems that start at a field of the population. */
function located<R>(path: string, make: () => R): R {
  try {
    return make();
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    throw new InputError(error.problems.map((one) => ({ ...one, path: at(path, one.path) })));
  }
}

/** What keeps a network from being trained on a data set: other channels or other classes. Images are resized to its input. */
export function misfit(
  { input: { channels }, classes }: NetworkSpec,
  { title, shape, classes: names }: DatasetFacts,
): { readonly path: string; readonly message: string } | undefined {
  if (channels !== shape[2])
    return { path: ".input.channels", message: `${channels} is not allowed; ${title} has ${shape[2]}` };
  if (classes === names.length) return undefined;
  return { path: ".classes", message: `${classes} is not allowed; ${title} has ${names.length} classes` };
}

function drawn(
  population: DrawnPopulation,
  index: number,
  seed: number,
  dataset: DatasetFacts,
  path: string,
): Member {
  const { spec, params, tally } = draw(
    populationSource(population, seed, dataset),
    index,
    at(path, "budget"),
  );
  const name = `${population.name} ${index + 1}`;
  return { spec: { ...spec, name }, params, draws: tally.drawn - tally.unfit };
}

function at(path: string, field: string): string {
  return path === "" ? field : `${path}.${field}`;
}

/** What the networks of a population are drawn from. Populations of one space differ by their names. */
export function populationSource(
  population: DrawnPopulation,
  seed: number,
  dataset: DatasetFacts,
): PopulationSource {
  const [height, width, channels] = dataset.shape;
  const frame = {
    ...smallImageSetting.frame,
    input: { height, width, channels },
    classes: dataset.classes.length,
    stem: { ...smallImageSetting.frame.stem, width: population.stemWidth },
    ...(population.norm && { norm: normOf(population.norm) }),
  };
  const draws = population.parameters && { draws: wholeDraws(population.space, population.parameters) };
  return {
    space: population.space,
    setting: { ...smallImageSetting, frame, stages: population.stages, ...draws },
    budget: population.budget,
    seed: createRng(seed, "population", population.name).bits(),
  };
}

function catalogued(name: string): DatasetFacts {
  const entry = findDataset(name);
  if (!entry)
    throw new InputError([{ path: "regime.dataset", message: `"${name}" is not in the catalogue` }]);
  return entry;
}

/**
 * Finds out before anything is trained whether every population can be drawn at all, and every given network trained.
 * @param dataset may be left out for one of the catalogue
 */
export function checkPopulations(
  { populations, seed, regime, archive }: Study,
  dataset: DatasetFacts = catalogued(regime.dataset),
): void {
  if (archive !== undefined)
    throw new InputError([
      {
        path: "archive",
        message:
          "known by its records alone; what its networks are drawn from is not known, so it cannot be run",
      },
    ]);
  populations.forEach((population, i) => {
    const path = `populations[${i}]`;
    // Any network of a space stands for all of them; the others are known, each may have a problem of its own.
    const few = isDrawn(population) ? 1 : population.count;
    for (let index = 0; index < few; index++)
      trainingPhases(memberOf(population, index, seed, dataset, path).spec, regime);
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
