import { InputError } from "../math/input-error.ts";
import { defaultRegime, type Regime, regimeSchema } from "../training/regime.ts";
import { formatRange } from "./quantity.ts";
import { decodeRegimeField, encodeRegimeField, scalar } from "./regime-url.ts";
import {
  type Budget,
  budgetKeys,
  type DrawnPopulation,
  drawnPopulationSchema,
  type GivenPopulation,
  isGiven,
  type Population,
  parseStudy,
  type Study,
} from "./study.ts";

/**
 * A study as a URL's query, readable and short: what is at its default is left out.
 *
 *     v=1&name=Widths&seed=7&p=name:wide,space:regnetx,count:8,flops:2M..4M&p=…&epochs=5
 *
 * `p` repeats, one a population; every other key is a field of the study or of its regime. Names are percent-encoded
 * within `p`, so that they may hold commas and colons. Networks that are given are their JSON in base64url, which is a
 * third of what its quotes and braces would take.
 */
export function encodeStudy(study: Study): string {
  const query = new URLSearchParams({ v: String(study.version), name: study.name, seed: String(study.seed) });
  for (const population of study.populations) query.append("p", encodePopulation(population));
  if (study.copy !== undefined) query.set("copy", String(study.copy));
  if (study.archive !== undefined) query.set("archive", study.archive);
  for (const key of regimeKeys) {
    const value = study.regime[key];
    if (value !== undefined && value !== defaultRegime[key]) query.append(key, encodeRegimeField(value));
  }
  // "," ":" and "%" are legal in a query; leaving the first two as they are keeps the address readable.
  return query.toString().replaceAll("%2C", ",").replaceAll("%3A", ":");
}

/** Reads a query back; undefined if it holds no study. An InputError names the field that is wrong. */
export function decodeStudy(query: string | URLSearchParams): Study | undefined {
  const params = new URLSearchParams(query);
  const version = params.get("v");
  if (version === null) return undefined;
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
    else regime[key] = decodeRegimeField(key, value);
  }
  return parseStudy({ ...study, populations, regime });
}

const regimeKeys = Object.keys(regimeSchema.shape) as (keyof Regime)[];
const populationDefaults: Partial<DrawnPopulation> = { stages: 3, stemWidth: 16 };
const populationKeys = Object.keys(drawnPopulationSchema.shape).filter((key) => key !== "budget") as Exclude<
  keyof DrawnPopulation,
  "budget"
>[];

function encodePopulation(population: Population): string {
  return isGiven(population) ? encodeGiven(population) : encodeDrawn(population);
}

function encodeGiven({ name, networks, count }: GivenPopulation): string {
  const bytes = new TextEncoder().encode(JSON.stringify(networks));
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  const safe = base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
  // Of an archive's population only the number is known.
  const counted = networks.length === 0 ? `,count:${count}` : "";
  return `name:${encodeURIComponent(name)},networks:${safe}${counted}`;
}

function decodeNetworks(text: string, path: string): unknown {
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new InputError([{ path, message: "not networks as JSON in base64url; the link may be cut off" }]);
  }
}

function encodeDrawn(population: DrawnPopulation): string {
  const fields = populationKeys
    .filter((key) => population[key] !== populationDefaults[key])
    .map((key) => `${key}:${encodeURIComponent(population[key])}`);
  const budget = budgetKeys.flatMap((key) => {
    const range = population.budget[key];
    return range ? [`${key}:${formatRange(range)}`] : [];
  });
  return [...fields, ...budget].join(",");
}

function decodePopulation(text: string, index: number): Record<string, unknown> {
  const population: Record<string, unknown> = {};
  const budget: Partial<Record<keyof Budget, string>> = {};
  for (const field of text.split(",")) {
    const colon = field.indexOf(":");
    const key = field.slice(0, colon);
    if (colon < 1)
      throw new InputError([
        { path: `populations[${index}]`, message: `"${field}" is not allowed; expected key:value` },
      ]);
    const value = decodePart(field.slice(colon + 1), `populations[${index}].${key}`);
    if (key === "networks") population.networks = decodeNetworks(value, `populations[${index}].networks`);
    else if ((budgetKeys as readonly string[]).includes(key)) budget[key as keyof Budget] = value;
    else population[key] = key === "name" || key === "space" ? value : scalar(value);
  }
  return Object.keys(budget).length > 0 ? { ...population, budget } : population;
}

function decodePart(text: string, path: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new InputError([{ path, message: `"${text}" is not percent-encoded text` }]);
  }
}
