import { InputError } from "../../math/input-error.ts";
import { formatQuantity, type Range } from "../../sweep/quantity.ts";
import type { TrialFilter } from "./filter.ts";
import { metricExamples, metricKey } from "./metrics.ts";
import type { ObservedStatus } from "./observation.ts";

/**
 * A filter as text, for URLs and the command line, readable and short:
 *
 *     population:RegNetX,status:done,flops:1M..3M,error:..30%,w_a:..40
 *
 * Conditions stand between commas. `population`, `study` and `status` may repeat, and then any of them will do. Every
 * other key is a metric's, or its symbol in the papers, with a range `min..max`, either end left out, or one value.
 * Numbers take k, M, G and %. Names are percent-encoded where they hold commas or percent signs.
 */
export function formatFilter({ studies, populations, statuses, ranges }: TrialFilter): string {
  return [
    ...studies.map((study) => `study:${encodeName(study)}`),
    ...populations.map((population) => `population:${encodeName(population)}`),
    ...statuses.map((status) => `status:${status}`),
    ...Object.entries(ranges).map(([key, range]) => `${key}:${formatAmounts(range)}`),
  ].join(",");
}

const statuses: readonly ObservedStatus[] = [
  "done",
  "diverged",
  "failed",
  "cut",
  "waits",
  "stopped",
  "training",
  "interrupted",
];

/** Reads a filter back. @throws InputError that names the condition which is wrong and what is allowed */
export function parseFilter(text: string): TrialFilter {
  const filter = {
    studies: [] as string[],
    populations: [] as string[],
    statuses: [] as ObservedStatus[],
    ranges: {} as Record<string, Range>,
  };
  for (const condition of text.split(",").filter((part) => part.trim() !== "")) {
    const colon = condition.indexOf(":");
    if (colon < 1) fail(condition, 'expected key:value, such as "flops:1M..3M" or "status:done"');
    const name = condition.slice(0, colon).trim();
    const value = condition.slice(colon + 1).trim();
    if (name === "study") filter.studies.push(decodeName(value, condition));
    else if (name === "population") filter.populations.push(decodeName(value, condition));
    else if (name === "status") filter.statuses.push(parseStatus(value, condition));
    else {
      const key = metricKey(name);
      if (key === undefined)
        fail(condition, `"${name}" is no metric; expected study, population, status, ${metricExamples}`);
      if (Object.hasOwn(filter.ranges, key)) fail(condition, `"${name}" has a range already`);
      filter.ranges[key] = parseAmounts(value, condition);
    }
  }
  return filter;
}

function parseStatus(text: string, condition: string): ObservedStatus {
  const status = statuses.find((each) => each === text);
  return status ?? fail(condition, `"${text}" is no status; expected ${statuses.join(", ")}`);
}

function parseAmounts(text: string, condition: string): Range {
  const ends = text.split("..");
  const [min, max] = (ends.length === 1 ? [text, text] : ends).map((end) =>
    end.trim() === "" ? null : parseAmount(end),
  );
  if (ends.length > 2 || min === undefined || max === undefined || (min === null && max === null))
    fail(condition, 'expected a range such as "1M..3M", "..30%" or "2..", or one value');
  if (min !== null && max !== null && min > max) fail(condition, "the range is empty (min is above max)");
  return { ...(min === null ? {} : { min }), ...(max === null ? {} : { max }) };
}

const factors: Readonly<Record<string, number>> = { "": 1, k: 1e3, K: 1e3, M: 1e6, G: 1e9 };

/** "2M" → 2,000,000; "30%" → 0.3; decimals, exponents and negative numbers. */
function parseAmount(text: string): number | undefined {
  const match = /^\s*(-?(?:\d+\.?\d*|\.\d+)(?:e[+-]?\d+)?)\s*([kKMG%]?)\s*$/i.exec(text);
  if (!match) return undefined;
  const [, digits, suffix] = match;
  if (suffix === "%") return Number(digits) / 100;
  const factor = factors[suffix!];
  if (factor === undefined) return undefined;
  const value = Number(digits) * factor;
  // Scaling a decimal may leave 2.3000000000000003e6; 15 digits are more than anyone writes.
  return factor > 1 ? Number(value.toPrecision(15)) : value;
}

function formatAmounts({ min, max }: Range): string {
  if (min !== undefined && min === max) return formatAmount(min);
  return `${min === undefined ? "" : formatAmount(min)}..${max === undefined ? "" : formatAmount(max)}`;
}

/** The shortest text that parseAmount reads back as the same number. */
function formatAmount(value: number): string {
  const text = Number.isInteger(value) && value > 0 ? formatQuantity(value) : String(value);
  return parseAmount(text) === value ? text : String(value);
}

/** What would end a condition or the encoding itself; the rest stays readable. */
function encodeName(name: string): string {
  return name.replace(/[%,]/g, encodeURIComponent);
}

function decodeName(text: string, condition: string): string {
  if (text === "") fail(condition, "the name is missing");
  try {
    return decodeURIComponent(text);
  } catch {
    return fail(condition, `"${text}" is not percent-encoded text; write %25 for a percent sign`);
  }
}

function fail(condition: string, message: string): never {
  throw new InputError([{ path: `filter "${condition.trim()}"`, message }]);
}
