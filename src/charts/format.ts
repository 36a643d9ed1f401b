import { percentText } from "../engine/math/percent.ts";

/** Numbers as people read them. A no-break space (U+00A0) keeps a value and its unit on one line. */
const space = "\u00a0";

const prefixes = [
  { factor: 1e9, symbol: "G" },
  { factor: 1e6, symbol: "M" },
  { factor: 1e3, symbol: "k" },
] as const;

/** 3 significant digits with k, M or G: 2,214,000 → "2.21 M", 812 → "812". */
export function formatSi(value: number, unit = ""): string {
  if (!Number.isFinite(value)) return "–";
  // 999,600 rounds to 1,000 k: take the next prefix before that happens.
  const prefix = prefixes.find(({ factor }) => Math.abs(value) >= 0.9995 * factor);
  if (prefix === undefined) return `${trim(value, 3)}${unit === "" ? "" : space + unit}`;
  return `${significant(value / prefix.factor, 3)}${space}${prefix.symbol}${unit}`;
}

/** A range with one prefix: 2.0–2.4 M; with two where they differ: 800 k – 2 M. */
export function formatSiRange(from: number, to: number, unit = ""): string {
  const [low, lowPrefix] = split(from);
  const [high, highPrefix] = split(to);
  const suffix = `${highPrefix}${unit}`;
  const end = suffix === "" ? high : `${high}${space}${suffix}`;
  return lowPrefix === highPrefix ? `${low}–${end}` : `${low}${space}${lowPrefix}${unit} – ${end}`;
}

/** 0.1184 → "11.8%". */
export function formatPercent(fraction: number, digits = 1): string {
  return Number.isFinite(fraction) ? percentText(fraction, digits) : "–";
}

/** 10000 → "10,000". */
export function formatInteger(value: number): string {
  return integers.format(Math.round(value));
}

/** Made once: `toLocaleString` makes one a call, which a moving slider feels. */
const integers = new Intl.NumberFormat("en-US");

/** Milliseconds as two units at most: 850 → "0.9 s", 250,000 → "4 min 10 s", 7,500,000 → "2 h 5 min". */
export function formatDuration(ms: number): string {
  if (!Number.isFinite(ms)) return "–";
  if (ms < 59_950) return `${trimTo(ms / 1000, ms < 9_950 ? 1 : 0)}${space}s`;
  const seconds = Math.round(ms / 1000);
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) {
    const rest = seconds % 60;
    return `${minutes}${space}min${rest === 0 ? "" : ` ${rest}${space}s`}`;
  }
  const rest = Math.round(seconds / 60) % 60;
  return `${Math.floor(Math.round(seconds / 60) / 60)}${space}h${rest === 0 ? "" : ` ${rest}${space}min`}`;
}

/** At most `digits` significant digits, no trailing zeros: 2.310 → "2.31", 16 → "16". */
export function trim(value: number, digits: number): string {
  return Number.isFinite(value) ? String(Number(value.toPrecision(digits))) : "–";
}

function trimTo(value: number, decimals: number): string {
  return value.toFixed(decimals);
}

/** Exactly `digits` significant digits, never in exponent form: 2 → "2.00", 64.3 → "64.3", 118 → "118". */
function significant(value: number, digits: number): string {
  const magnitude = Math.floor(Math.log10(Math.abs(Number(value.toPrecision(digits)))));
  return value.toFixed(Math.max(0, digits - 1 - magnitude));
}

function split(value: number): [text: string, prefix: string] {
  const prefix = prefixes.find(({ factor }) => Math.abs(value) >= 0.9995 * factor);
  return prefix === undefined ? [trim(value, 3), ""] : [trim(value / prefix.factor, 3), prefix.symbol];
}
