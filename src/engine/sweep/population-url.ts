import { InputError } from "../math/input-error.ts";
import { formatDraw, parameterNames } from "../spaces/parameter-draw.ts";
import { formatKnob } from "./knob.ts";
import { formatRange } from "./quantity.ts";
import { scalar } from "./regime-url.ts";
import type { ScaledPopulation } from "./scaled-population.ts";
import {
  type BudgetKey,
  budgetKeys,
  type DrawnPopulation,
  type GivenPopulation,
  isGiven,
  isScaled,
  type Population,
} from "./study.ts";

/**
 * A population as one value of an address: `name:wide,space:regnetx,count:8,flops:2M..4M,depth:6..12,groupWidth:8_16`.
 * Parameters stand by their names, their parts joined by "_". Networks are their JSON in base64url, which is a third of
 * what its quotes and braces would take.
 */
export function encodePopulation(population: Population): string {
  const fields = isGiven(population)
    ? givenFields(population)
    : isScaled(population)
      ? scaledFields(population)
      : drawnFields(population);
  return fields.map(([key, value]) => `${key}:${encodeURIComponent(value)}`).join(",");
}

type Field = readonly [key: string, value: string | number];

function given(key: string, value: string | number | undefined, usual?: string | number): Field[] {
  return value === undefined || value === usual ? [] : [[key, value]];
}

function givenFields({ name, networks, count }: GivenPopulation): Field[] {
  // Of an archive's population only the number is known.
  return [
    ["name", name],
    ["networks", toBase64(networks)],
    ...given("count", networks.length === 0 ? count : undefined),
  ];
}

function scaledFields({ name, scaling, baseline, factors, flops, count, norm }: ScaledPopulation): Field[] {
  const base: Field[] =
    "preset" in baseline
      ? [
          ["baseline", baseline.preset],
          ...given("baseDepth", baseline.depth, 1),
          ...given("baseWidth", baseline.width, 1),
        ]
      : [["network", toBase64(baseline)]];
  return [
    ["name", name],
    ["scaling", scaling],
    ...base,
    ...given("factors", factors && formatKnob(factors, "factors", "_")),
    ...given("flops", flops && formatKnob(flops, "flops", "_")),
    ["count", count],
    ...given("norm", norm),
  ];
}

function drawnFields(population: DrawnPopulation): Field[] {
  const { name, space, count, stages, stemWidth, norm, budget, parameters = {} } = population;
  return [
    ["name", name],
    ["space", space],
    ["count", count],
    ...given("stages", stages, 3),
    ...given("stemWidth", stemWidth, 16),
    ...given("norm", norm),
    ...budgetKeys.flatMap((key) => given(key, budget[key] && formatRange(budget[key]))),
    ...parameterNames.flatMap((key) => given(key, parameters[key] && formatDraw(parameters[key], "_"))),
  ];
}

/** What the study's schema reads. @throws InputError where a part cannot be taken apart */
export function decodePopulation(text: string, index: number): Record<string, unknown> {
  const path = `populations[${index}]`;
  const fields = text.split(",").map((field): [key: string, value: string] => {
    const colon = field.indexOf(":");
    if (colon < 1) throw new InputError([{ path, message: `"${field}" is not allowed; expected key:value` }]);
    const key = field.slice(0, colon);
    return [key, decodePart(field.slice(colon + 1), `${path}.${key}`)];
  });
  const scaled = fields.some(([key]) => key === "scaling");
  const population: Record<string, unknown> = {};
  for (const [key, value] of fields) {
    if (key === "networks") population.networks = fromBase64(value, `${path}.networks`);
    else if (key === "network") population.baseline = fromBase64(value, `${path}.baseline`);
    else if (key === "baseline") put(population, "baseline", "preset", value);
    else if (key === "baseDepth") put(population, "baseline", "depth", scalar(value));
    else if (key === "baseWidth") put(population, "baseline", "width", scalar(value));
    else if (!scaled && isBudgetKey(key)) put(population, "budget", key, value);
    else if ((parameterNames as readonly string[]).includes(key))
      put(population, "parameters", key, scalar(value));
    else population[key] = texts.includes(key) ? value : scalar(value);
  }
  return population;
}

const texts: readonly string[] = ["name", "space", "scaling", "norm"];

function put(population: Record<string, unknown>, part: string, key: string, value: unknown): void {
  population[part] = { ...(population[part] as object | undefined), [key]: value };
}

function isBudgetKey(key: string): key is BudgetKey {
  return (budgetKeys as readonly string[]).includes(key);
}

function toBase64(value: unknown): string {
  const bytes = new TextEncoder().encode(JSON.stringify(value));
  const base64 = btoa(Array.from(bytes, (byte) => String.fromCharCode(byte)).join(""));
  return base64.replaceAll("+", "-").replaceAll("/", "_").replaceAll("=", "");
}

function fromBase64(text: string, path: string): unknown {
  try {
    const binary = atob(text.replaceAll("-", "+").replaceAll("_", "/"));
    const bytes = Uint8Array.from(binary, (letter) => letter.charCodeAt(0));
    return JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch {
    throw new InputError([{ path, message: "not networks as JSON in base64url; the link may be cut off" }]);
  }
}

function decodePart(text: string, path: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    throw new InputError([{ path, message: `"${text}" is not percent-encoded text` }]);
  }
}
