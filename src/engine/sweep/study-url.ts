import { InputError, type InputProblem } from "../math/input-error.ts";
import { defaultRegime, type Regime, regimeSchema } from "../training/regime.ts";
import { decodePopulation, encodePopulation } from "./population-url.ts";
import { decodeRegimeField, encodeRegimeField, scalar } from "./regime-url.ts";
import { decodeScheduling, encodeScheduling, isScheduling } from "./scheduling-url.ts";
import { parseStudy, type Study } from "./study.ts";

/**
 * A study as a URL's query, readable and short: what is at its default is left out.
 *
 *     v=1&name=Widths&seed=7&p=name:wide,space:regnetx,count:8,flops:2M..4M&p=…&epochs=5
 *
 * `p` repeats, one a population; every other key is a field of the study or of its regime. Names are percent-encoded
 * within `p`, so that they may hold commas and colons (population-url.ts).
 */
export function encodeStudy(study: Study): string {
  const query = new URLSearchParams({ v: String(study.version), name: study.name, seed: String(study.seed) });
  for (const population of study.populations) query.append("p", encodePopulation(population));
  if (study.copy !== undefined) query.set("copy", String(study.copy));
  if (study.archive !== undefined) query.set("archive", study.archive);
  for (const [key, value] of encodeScheduling(study)) query.set(key, value);
  for (const key of regimeKeys) {
    const value = study.regime[key];
    if (value !== undefined && value !== defaultRegime[key]) query.append(key, encodeRegimeField(value));
  }
  // "," ":" and "%" are legal in a query; leaving the first two as they are keeps the address readable.
  return query.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
}

/** Reads a query back; undefined if it is empty. @throws InputError that names the key or field that is wrong */
export function decodeStudy(query: string | URLSearchParams): Study | undefined {
  const params = new URLSearchParams(query);
  const version = params.get("v");
  if (version === null) {
    const [key] = params.keys();
    if (key === undefined) return undefined;
    throw new InputError([versionMissing(params.has("p") ? "p" : key)]);
  }
  const study: Record<string, unknown> = { version: scalar(version), populations: [] };
  const regime: Record<string, unknown> = {};
  const populations: unknown[] = [];
  for (const [key, value] of params) {
    if (key === "v") continue;
    else if (key === "p") populations.push(decodePopulation(value, populations.length));
    else if (key === "name") study.name = value;
    else if (key === "seed" || key === "copy") study[key] = scalar(value);
    // Its digits may look like a number's.
    else if (key === "archive") study.archive = value;
    else if (isScheduling(key)) study[key] = decodeScheduling(key, value);
    else {
      const field = regimeFieldOf(key);
      regime[field] = decodeRegimeField(field, value);
    }
  }
  return parseStudy({ ...study, populations, regime });
}

/** Of a query with keys and without a version. */
function versionMissing(key: string): InputProblem {
  if (key === "p")
    return { path: "v", message: "is missing beside populations; v=1 is the version of a study" };
  if (isStudyKey(key))
    return { path: "v", message: `is missing beside ${key}; v=1 is the version of a study` };
  return { path: key, message: "unknown key; a study is v=1 and p=… for each of its populations" };
}

function isStudyKey(key: string): boolean {
  const ownKeys = ["name", "seed", "copy", "archive"];
  return ownKeys.includes(key) || isScheduling(key) || (regimeKeys as readonly string[]).includes(key);
}

/**
 * The field of the regime that a key means. Messages name fields as study files have them, `regime.epochs`; here it is
 * `epochs`.
 * @throws InputError where a key is written as in a message
 */
function regimeFieldOf(key: string): string {
  if (key === "regime")
    throw new InputError([
      { path: key, message: "unknown key; in an address its fields stand by themselves, as in epochs=5" },
    ]);
  const field = key.replace(/^regime\./, "");
  if (field !== key && (regimeKeys as readonly string[]).includes(field))
    throw new InputError([{ path: key, message: `unknown key; in an address it is ${field}` }]);
  return field;
}

const regimeKeys = Object.keys(regimeSchema.shape) as (keyof Regime)[];
