import type { DatasetFacts } from "../data/catalogue.ts";
import { ExportError, type PyclsConfig, pyclsConfig } from "../export/pycls.ts";
import { list, quoted, type Section, yamlLines } from "../export/pycls-yaml.ts";
import { InputError } from "../math/input-error.ts";
import type { NetworkSpec } from "../network/spec.ts";
import { scaledNetwork } from "../sweep/scaled-population.ts";
import { type Budget, isDrawn, isGiven, type Population, type Study } from "../sweep/study.ts";
import { populationConfig } from "./pycls-population.ts";
import { leftOfRegime, sweepTraining } from "./pycls-sweep-training.ts";

/** A sweep config of pycls: one base network or design space. */
export interface PyclsSweepFile {
  /** Of the population, or of its network where a population is several files. */
  readonly name: string;
  readonly text: string;
}

export interface ExportedSweeps {
  readonly files: readonly PyclsSweepFile[];
  /** What of the study does not map, in sentences that begin with its field. */
  readonly notes: readonly string[];
}

/**
 * A study as sweep configs of pycls (facebookresearch/pycls, pycls/sweep/config.py), to be set up by
 * `tools/sweep_setup.py --sweep-cfg FILE`. pycls samples around one base config, so every drawn population is a file of its
 * own, and so is every given or scaled network. `importPyclsSweep` reads them back.
 * @param dataset what the study is trained on
 * @throws InputError where no population maps
 */
export function studyToPyclsSweeps(study: Study, dataset: DatasetFacts): ExportedSweeps {
  if (study.archive !== undefined)
    throw new InputError([
      { path: study.name, message: "known by its records alone: what its networks were drawn from is not" },
    ]);
  const notes = leftOfStudy(study, dataset);
  const files = study.populations.flatMap((population, i) => {
    try {
      const made = filesOf(study, population, dataset);
      notes.push(...made.notes.map((note) => `populations[${i}] ${note}`));
      return made.files;
    } catch (error) {
      if (!(error instanceof ExportError)) throw error;
      notes.push(`populations[${i}] (${population.name}) is left out: ${error.message}`);
      return [];
    }
  });
  if (files.length === 0) throw new InputError([{ path: study.name, message: notes.at(-1)! }]);
  return { files, notes };
}

function filesOf(
  study: Study,
  population: Population,
  dataset: DatasetFacts,
): { readonly files: readonly PyclsSweepFile[]; readonly notes: readonly string[] } {
  if (isDrawn(population)) {
    const { base, samplers, notes } = populationConfig(population, dataset);
    const { name, count, stages, budget } = population;
    const constraints = { CX: boundsOf(budget), REGNET: { NUM_STAGES: list([stages, stages]) } };
    return {
      files: [{ name, text: sweepText(study, name, count, base, dataset.shape[0], samplers, constraints) }],
      notes,
    };
  }
  const networks = isGiven(population)
    ? population.networks
    : Array.from({ length: population.count }, (_, i) => scaledNetwork(population, i, dataset).spec);
  const files = networks.map((spec, i) => {
    const name = networks.length === 1 ? population.name : `${population.name} ${i + 1}`;
    return { name, text: givenText(study, name, spec) };
  });
  const notes = networks.length > 1 ? [`(${population.name}): a file for each of its networks`] : [];
  return { files, notes };
}

/** Several seeds of one network are configs that differ in RNG_SEED alone. */
function givenText(study: Study, name: string, spec: NetworkSpec): string {
  const { repeats = 1 } = study;
  const samplers: Section =
    repeats > 1 ? { RNG_SEED: { TYPE: "int_sampler", RAND_TYPE: "uniform", RANGE: list([1, repeats]) } } : {};
  const network = pyclsConfig(spec, { regime: study.regime });
  return sweepText(study, name, repeats, network, spec.input.height, samplers);
}

function sweepText(
  study: Study,
  name: string,
  configs: number,
  network: PyclsConfig,
  side: number,
  samplers: Section,
  constraints?: Section,
): string {
  const { BN, ...training } = sweepTraining(study.regime, side);
  const base: Section = { ...network, ...training, BN: { ...network.BN, ...BN } };
  const sweep: Section = {
    DESC: quoted(`from the study "${study.name}"`),
    NAME: quoted(name),
    SETUP: {
      NUM_CONFIGS: `${configs}`,
      RNG_SEED: `${study.seed}`,
      ...(Object.keys(samplers).length > 0 ? { SAMPLERS: samplers } : {}),
      ...(constraints ? { CONSTRAINTS: constraints } : {}),
      BASE_CFG: base,
    },
  };
  return `${yamlLines(sweep).join("\n")}\n`;
}

/** 0 leaves an end open; what is not bounded is [0, 0]. */
function boundsOf(budget: Budget): Section {
  const bounds = ({ min = 0, max = 0 }: { min?: number | undefined; max?: number | undefined } = {}) =>
    list([min, max]);
  return { FLOPS: bounds(budget.flops), PARAMS: bounds(budget.params), ACTS: bounds(budget.acts) };
}

function leftOfStudy(study: Study, dataset: DatasetFacts): string[] {
  const { repeats = 1, halving, stop, populations } = study;
  const drawn = populations.some(isDrawn);
  return [
    ...(repeats > 1 && drawn
      ? [`repeats ${repeats}: pycls trains every network that it draws with one seed`]
      : []),
    ...(halving ? ["halving: pycls trains every network to the end"] : []),
    ...(stop ? ["stop: pycls has no such rules"] : []),
    ...(dataset.shape[2] === 3 ? [] : [`images of ${dataset.shape[2]} channel: pycls feeds networks 3`]),
    ...leftOfRegime(study.regime),
  ];
}
