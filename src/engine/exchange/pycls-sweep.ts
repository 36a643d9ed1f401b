import { parse } from "yaml";
import { z } from "zod";
import { datasetNames, findDataset } from "../data/catalogue.ts";
import { specFromPycls } from "../export/pycls-import.ts";
import { InputError, parseInput } from "../math/input-error.ts";
import type { ParameterDraw, ParameterDraws, ParameterName } from "../spaces/parameter-draw.ts";
import type { SpaceId } from "../spaces/registry.ts";
import { parameterProblems } from "../sweep/parameters-schema.ts";
import { schedulingLimits } from "../sweep/scheduling.ts";
import { parseStudy, type Study } from "../sweep/study.ts";
import { studyLimits } from "../sweep/study-limits.ts";
import { defaultRegime } from "../training/regime.ts";
import { drawOfSampler, itemSampler, numberOf, type Sampler, samplerSchema } from "./pycls-samplers.ts";
import { regimeOfSweep } from "./pycls-sweep-regime.ts";

/** A field of the file and what became of it, or why nothing did. */
export interface ImportNote {
  /** `SETUP.SAMPLERS.REGNET.DEPTH`. */
  readonly path: string;
  readonly message: string;
}

export interface ImportedSweep {
  readonly study: Study;
  readonly mapped: readonly ImportNote[];
  readonly unmapped: readonly ImportNote[];
}

const range = z.tuple([z.number(), z.number()]);

/** pycls' sweep config (pycls/sweep/config.py); its defaults are the defaults here. */
const sweepSchema = z.looseObject({
  NAME: z.string().default(""),
  DESC: z.string().default(""),
  SETUP: z.looseObject({
    NUM_CONFIGS: z.int().min(1),
    RNG_SEED: z.int().min(0).default(0),
    BASE_CFG: z.looseObject({ MODEL: z.looseObject({ TYPE: z.enum(["regnet", "anynet", "effnet"]) }) }),
    SAMPLERS: z.record(z.string(), samplerSchema).default({}),
    CONSTRAINTS: z
      .looseObject({
        CX: z
          .looseObject({ FLOPS: range.optional(), PARAMS: range.optional(), ACTS: range.optional() })
          .default({}),
        REGNET: z.looseObject({ NUM_STAGES: range.default([4, 4]) }).default({ NUM_STAGES: [4, 4] }),
      })
      .default({ CX: {}, REGNET: { NUM_STAGES: [4, 4] } }),
  }),
});

type Sweep = z.output<typeof sweepSchema>;

/** Whether a file's content is a sweep of pycls: studies have no SETUP. */
export function isPyclsSweep(content: unknown): boolean {
  return typeof content === "object" && content !== null && "SETUP" in content;
}

/** Collects what became of each field. */
class Notes {
  readonly mapped: ImportNote[] = [];
  readonly unmapped: ImportNote[] = [];
  took(path: string, message: string): void {
    this.mapped.push({ path, message });
  }
  left(path: string, message: string): void {
    this.unmapped.push({ path, message });
  }
}

/** The study of a sweep of pycls, as far as it maps. @throws InputError where the text is no such sweep */
export function importPyclsSweep(text: string): ImportedSweep {
  const content = readYaml(text);
  if (!isPyclsSweep(content))
    throw new InputError([
      { path: "SETUP", message: "missing; a sweep of pycls says there what is sampled" },
    ]);
  const sweep = parseInput(sweepSchema, content);
  const notes = new Notes();
  const { SETUP } = sweep;
  const name = nameOf(sweep);
  if (sweep.NAME !== "") notes.took("NAME", `name of the study: ${name}`);
  if (sweep.DESC !== "") notes.left("DESC", "studies have no description");
  if (SETUP.RNG_SEED > 0) notes.took("SETUP.RNG_SEED", `seed ${SETUP.RNG_SEED}`);
  const { regime, mapped, unmapped } = regimeOfSweep(SETUP.BASE_CFG);
  const { population, repeats } = populationOf(sweep, name, regime.dataset, notes);
  for (const note of mapped) notes.took(note.path, note.message);
  for (const note of unmapped) notes.left(note.path, note.message);
  const known = datasetNames.includes(regime.dataset);
  if (!known)
    notes.left(
      "SETUP.BASE_CFG.TRAIN.DATASET",
      `"${regime.dataset}" is not known here; ${defaultRegime.dataset} in its place (known are ${datasetNames.join(", ")})`,
    );
  for (const section of ["LAUNCH", "ANALYZE", "COLLECT"])
    if (section in sweep) notes.left(section, sections[section as keyof typeof sections]);
  const study = parseStudy({
    version: 1,
    name,
    seed: SETUP.RNG_SEED,
    populations: [population],
    ...(repeats > 1 ? { repeats } : {}),
    regime: known
      ? regime
      : {
          ...regime,
          dataset: defaultRegime.dataset,
          images: defaultRegime.images,
          testImages: defaultRegime.testImages,
          batch: Math.min(regime.batch, defaultRegime.images),
        },
  });
  return { study, mapped: notes.mapped, unmapped: notes.unmapped };
}

const sections = {
  LAUNCH: "says how a cluster runs the jobs; a study runs on this machine",
  ANALYZE: "chooses plots; the boards and the report show them all",
  COLLECT: "says which checkpoints are kept; here weights are kept as long as there is room",
} as const;

function nameOf({ NAME }: Sweep): string {
  const plain = NAME.replace(/[\p{Cc}\p{Cs}/]+/gu, " ").trim();
  return (plain === "" ? "pycls sweep" : plain).slice(0, studyLimits.nameLength);
}

function readYaml(text: string): unknown {
  try {
    return parse(text, { version: "1.1", maxAliasCount: 0 });
  } catch (error) {
    const reason = error instanceof Error ? error.message.split("\n")[0] : String(error);
    throw new InputError([{ path: "", message: `not YAML (${reason})` }]);
  }
}

/** The population, and with how many seeds each of its networks is trained. */
function populationOf(
  sweep: Sweep,
  name: string,
  dataset: string,
  notes: Notes,
): { readonly population: object; readonly repeats: number } {
  const { BASE_CFG, SAMPLERS, NUM_CONFIGS } = sweep.SETUP;
  const family = BASE_CFG.MODEL.TYPE;
  const section = family.toUpperCase();
  const count = Math.min(NUM_CONFIGS, studyLimits.count);
  const own = Object.keys(SAMPLERS).filter((path) => path === section || path.startsWith(`${section}.`));
  const given = own.length === 0 || family === "effnet";
  const repeats = given && SAMPLERS.RNG_SEED ? repeatsOf(SAMPLERS.RNG_SEED, NUM_CONFIGS, notes) : 1;
  for (const path of Object.keys(SAMPLERS))
    if (path === "RNG_SEED") {
      if (!given)
        notes.left(
          "SETUP.SAMPLERS.RNG_SEED",
          "every config draws a network and a seed of its own there; with repeats every network here has several seeds",
        );
    } else if (path !== section && !path.startsWith(`${section}.`))
      notes.left(
        `SETUP.SAMPLERS.${path}`,
        "only networks are sampled here; a study has one regime, which takes the value of BASE_CFG",
      );
  if (given) {
    for (const path of own)
      notes.left(`SETUP.SAMPLERS.${path}`, "EfficientNets are not sampled by pycls' parameters here");
    // pycls feeds three channels; the network of a study has those of its images.
    const spec = specFromPycls(JSON.stringify(BASE_CFG), findDataset(dataset)?.shape[2]);
    notes.took(`SETUP.BASE_CFG.${section}`, "one given network: nothing of it is sampled");
    if (count > repeats)
      notes.left(
        "SETUP.NUM_CONFIGS",
        `${NUM_CONFIGS} configs of one network; it is trained ${repeats > 1 ? `with ${repeats} seeds` : "once"}`,
      );
    return { population: { name, networks: [spec] }, repeats };
  }
  if (NUM_CONFIGS > count) notes.left("SETUP.NUM_CONFIGS", `${NUM_CONFIGS} networks; at most ${count} here`);
  else notes.took("SETUP.NUM_CONFIGS", `${count} networks`);
  const space: SpaceId = family === "regnet" ? "regnetx" : "anynetxa";
  notes.took("SETUP.BASE_CFG.MODEL.TYPE", `space ${space}`);
  const base = (BASE_CFG[section] ?? {}) as Record<string, unknown>;
  const { parameters, listed } = parametersOf(section, space, base, SAMPLERS, notes);
  const population = {
    name,
    space,
    count,
    stages: stagesOf(sweep, listed, notes),
    ...frameOf(section, base, notes),
    budget: budgetOf(sweep.SETUP.CONSTRAINTS.CX, notes),
    parameters,
  };
  return { population, repeats };
}

/** Configs that differ in their seed alone are one network with several seeds. */
function repeatsOf(sampler: Sampler, configs: number, notes: Notes): number {
  const path = "SETUP.SAMPLERS.RNG_SEED";
  const { TYPE, RANGE, VALUES = [], QUANTIZE = 1 } = sampler;
  const [low, high] = RANGE ?? [0, 0];
  const seeds =
    TYPE === "value_sampler"
      ? new Set(VALUES).size
      : TYPE === "int_sampler" && RANGE
        ? Math.floor((high - low) / QUANTIZE) + 1
        : 0;
  const wanted = Math.min(configs, seeds);
  const repeats = Math.min(wanted, schedulingLimits.repeats);
  if (repeats < 2) notes.left(path, "one seed, or none that is counted; the study has its own");
  else if (repeats < wanted) notes.left(path, `${wanted} seeds are not allowed; ${repeats} in their place`);
  else notes.took(path, `repeats ${repeats}; the seeds follow from the study's`);
  return Math.max(1, repeats);
}

/** Fields of REGNET and, with an S behind them, of ANYNET. */
const parameterFields: Readonly<Record<string, ParameterName>> = {
  DEPTH: "depth",
  DEPTHS: "depth",
  WIDTHS: "width",
  W0: "initialWidth",
  WA: "slope",
  WM: "widthMultiplier",
  GROUP_W: "groupWidth",
  GROUP_WS: "groupWidth",
  BOT_MUL: "bottleneckRatio",
  BOT_MULS: "bottleneckRatio",
};

/** The ranges of pycls' regnet_sampler that a file leaves out. */
const regnetRanges: Readonly<Record<string, readonly [number, number]>> = {
  DEPTH: [12, 28],
  W0: [8, 256],
  WA: [8, 256],
  WM: [2, 3],
  GROUP_W: [8, 128],
  BOT_MUL: [1, 1],
};

function parametersOf(
  section: string,
  space: SpaceId,
  base: Record<string, unknown>,
  samplers: Sweep["SETUP"]["SAMPLERS"],
  notes: Notes,
): { readonly parameters: ParameterDraws; readonly listed: number | undefined } {
  const draws: Record<string, ParameterDraw> = {};
  let listed: number | undefined;
  const take = (path: string, field: string, draw: ParameterDraw | undefined, origin: string) => {
    const name = field === "SE_R" ? "seRatio" : parameterFields[field];
    if (name === undefined || draw === undefined)
      return notes.left(
        path,
        draw === undefined ? "this sampler has no counterpart" : `${field} is not drawn here`,
      );
    const [problem] = parameterProblems(space, { [name]: draw });
    if (problem) return notes.left(path, `${name}: ${problem.message}`);
    draws[name] = draw;
    notes.took(path, `${name}${origin}`);
  };
  // What is not sampled has one value, that of BASE_CFG.
  const fixed = Object.keys(base).filter((field) => field in parameterFields);
  for (const field of fixed) {
    const path = `SETUP.BASE_CFG.${section}.${field}`;
    const value = numberOf(base[field]);
    if (samplers[section] || samplers[`${section}.${field}`]) continue;
    if (value === undefined)
      notes.left(path, "values of single stages cannot be held fixed while others are drawn");
    else take(path, field, [field === "BOT_MUL" ? 1 / value : value], `: ${value}`);
  }
  const composite = samplers[section];
  if (composite !== undefined) {
    if (composite.TYPE !== "regnet_sampler")
      notes.left(`SETUP.SAMPLERS.${section}`, `${composite.TYPE} draws one field`);
    else
      for (const [field, usual] of Object.entries(regnetRanges)) {
        const said = range.safeParse(composite[field]);
        const path = `SETUP.SAMPLERS.${section}.${field}`;
        const [low, high] = said.success ? said.data : usual;
        take(
          path,
          field,
          regnetDraw(field, low, high),
          `: ${low} to ${high}${said.success ? "" : ", pycls' default"}`,
        );
      }
  }
  for (const [path, sampler] of Object.entries(samplers)) {
    if (!path.startsWith(`${section}.`)) continue;
    const field = path.slice(section.length + 1);
    const item = itemSampler(sampler);
    if (item.length !== undefined) listed = item.length;
    const full = `SETUP.SAMPLERS.${path}`;
    if (field === "SE_ON") squeezed(item.sampler, base, full, draws, notes);
    else if (field === "SE_R" && base.SE_ON !== true)
      notes.left(full, "squeeze-and-excitation is not on in all networks, so its ratio is not drawn");
    else if (field === "SE_R") take(full, "SE_R", drawOfSampler(item.sampler, false), "");
    else take(full, field, drawOfSampler(item.sampler, field.startsWith("BOT_MUL")), "");
  }
  if (!("seRatio" in draws) && base.SE_ON === true) {
    draws.seRatio = [numberOf(base.SE_R) ?? 0.25];
    notes.took(`SETUP.BASE_CFG.${section}.SE_ON`, `seRatio: ${numberOf(base.SE_R) ?? 0.25}`);
  }
  return { parameters: draws as ParameterDraws, listed };
}

function squeezed(
  sampler: Sampler,
  base: Record<string, unknown>,
  path: string,
  draws: Record<string, ParameterDraw>,
  notes: Notes,
): void {
  const values = Array.isArray(sampler.VALUES) ? sampler.VALUES : [];
  if (values.length === 0) {
    notes.left(path, "this sampler has no counterpart");
    return;
  }
  draws.seRatio = values.map((on) => (on === true ? (numberOf(base.SE_R) ?? 0.25) : 0));
  notes.took(path, "seRatio");
}

/** A range of the regnet_sampler; the distribution is the space's own, which is pycls'. */
function regnetDraw(field: string, low: number, high: number): ParameterDraw {
  if (field === "BOT_MUL")
    return low === high ? [1 / low] : { from: 1 / high, to: 1 / low, distribution: "power2" };
  return low === high ? [low] : { from: low, to: high };
}

function stagesOf(sweep: Sweep, listed: number | undefined, notes: Notes): number {
  const [low, high] = sweep.SETUP.CONSTRAINTS.REGNET.NUM_STAGES;
  const path = "SETUP.CONSTRAINTS.REGNET.NUM_STAGES";
  const { min, max } = studyLimits.stages;
  const wanted = listed ?? low;
  const stages = Math.min(max, Math.max(min, wanted));
  if (stages !== wanted)
    notes.left(path, `${wanted} stages are not allowed; ${stages} in their place (${min} to ${max})`);
  else if (listed === undefined && low !== high)
    notes.left(path, `every network of a population has as many stages; ${stages} of ${low} to ${high}`);
  else notes.took(listed === undefined ? path : "SETUP.SAMPLERS", `${stages} stages`);
  return stages;
}

function frameOf(section: string, base: Record<string, unknown>, notes: Notes): object {
  const at = (field: string) => `SETUP.BASE_CFG.${section}.${field}`;
  if (base.STEM_TYPE !== "res_stem_cifar")
    notes.left(
      at("STEM_TYPE"),
      `${base.STEM_TYPE ?? "simple_stem_in"}: networks of a study have the stem of CIFAR networks`,
    );
  if (base.BLOCK_TYPE !== undefined && base.BLOCK_TYPE !== "res_bottleneck_block")
    notes.left(at("BLOCK_TYPE"), `${base.BLOCK_TYPE}: the space has residual bottlenecks`);
  if (base.STRIDE !== undefined && base.STRIDE !== 2) notes.left(at("STRIDE"), "every stage halves the map");
  const strides = base.STRIDES;
  if (Array.isArray(strides) && strides.some((stride) => stride !== 2))
    notes.left(at("STRIDES"), "every stage halves the map");
  if (numberOf(base.HEAD_W)) notes.left(at("HEAD_W"), "networks of the space have no head");
  const width = numberOf(base.STEM_W) ?? 32;
  if (width > studyLimits.stemWidth || width < 1) {
    notes.left(at("STEM_W"), `${width} is not allowed; 1 to ${studyLimits.stemWidth}`);
    return {};
  }
  notes.took(at("STEM_W"), `stemWidth ${width}${base.STEM_W === undefined ? ", pycls' default" : ""}`);
  return { stemWidth: width };
}

/** 0 at an end leaves it open. */
function budgetOf(constraints: Sweep["SETUP"]["CONSTRAINTS"]["CX"], notes: Notes): object {
  const budget: Record<string, object> = {};
  for (const [field, value] of Object.entries(constraints)) {
    const path = `SETUP.CONSTRAINTS.CX.${field}`;
    const key = field.toLowerCase();
    if (!["flops", "params", "acts"].includes(key)) {
      notes.left(path, "budgets are on flops, params and acts");
      continue;
    }
    const [min, max] = value as [number, number];
    if (min === 0 && max === 0) continue;
    budget[key] = { ...(min > 0 && { min: Math.round(min) }), ...(max > 0 && { max: Math.round(max) }) };
    notes.took(path, `budget on ${key}`);
  }
  return budget;
}
