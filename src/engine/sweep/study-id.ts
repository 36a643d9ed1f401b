import { defaultRegime } from "../training/regime.ts";
import type { Study } from "./study.ts";

/**
 * The id of a study: a hash of all that decides its trials. Name, counts, seeds per network and the time for the study
 * are left out, so that renaming or extending a study keeps the trials it has. An archive has the id of its records.
 */
export function studyId(study: Study): string {
  if (study.archive !== undefined) return study.archive;
  const cutting = cuttingRules(study);
  const decisive = {
    version: study.version,
    seed: study.seed,
    populations: study.populations.map(({ count: _, ...population }) => population),
    regime: Object.fromEntries(Object.entries(study.regime).filter(([key, value]) => counts(key, value))),
    ...(study.copy === undefined ? {} : { copy: study.copy }),
    ...(study.halving === undefined ? {} : { halving: study.halving }),
    ...(cutting === undefined ? {} : { stop: cutting }),
  };
  return contentId(decisive);
}

/** Rules that end single trials. */
function cuttingRules({ stop }: Study): object | undefined {
  if (stop?.trialMinutes === undefined && stop?.error === undefined) return undefined;
  const { minutes: _, ...rules } = stop;
  return rules;
}

/** 16 hexadecimal digits that tell contents apart: of the value as canonical JSON. */
export function contentId(value: unknown): string {
  return fnv1a64(canonicalJson(value));
}

/** Fields of a regime that older studies lack count only where they are on. */
function counts(key: string, value: unknown): boolean {
  return value !== undefined && (key in defaultRegime || (value !== 0 && value !== false));
}

/** JSON with sorted keys: equal values give equal text. */
export function canonicalJson(value: unknown): string {
  return JSON.stringify(value, (_, part: unknown) =>
    typeof part === "object" && part !== null && !Array.isArray(part)
      ? Object.fromEntries(Object.entries(part).sort(([a], [b]) => (a < b ? -1 : 1)))
      : part,
  );
}

/** FNV-1a, 64 bits, of the UTF-8 text, as 16 hexadecimal digits. */
export function fnv1a64(text: string): string {
  let hash = 0xcbf29ce484222325n;
  for (const byte of new TextEncoder().encode(text))
    hash = ((hash ^ BigInt(byte)) * 0x100000001b3n) & 0xffffffffffffffffn;
  return hash.toString(16).padStart(16, "0");
}
