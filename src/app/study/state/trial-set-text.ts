import { InputError } from "../../../engine/math/input-error.ts";
import { studyLimits } from "../../../engine/sweep/study-limits.ts";
import { trialId } from "../../../engine/sweep/trial.ts";

/** What names a trial in an address: the study is there already, its populations are known by their places. */
export interface TrialPlaces {
  readonly studyId: string;
  /** Names of the populations, in the order of the study. */
  readonly populations: readonly string[];
}

/**
 * A set of trials, short enough for an address: populations between "_", each its place and the indices of its trials,
 * listed (`0.3.5-9`) or, where that is long, as a bit map in base64url, six trials a letter (`0~Yf_1`). Trials of other
 * studies are left out.
 */
export function formatTrialSet(ids: Iterable<string>, { studyId, populations }: TrialPlaces): string {
  const indices = new Map<number, number[]>();
  const places = new Map(populations.map((name, place) => [trialId(studyId, name, 0).slice(0, -1), place]));
  for (const id of ids) {
    const at = id.lastIndexOf("/") + 1;
    const place = places.get(id.slice(0, at));
    const index = Number(id.slice(at));
    // Other seeds of a network have no place in an address; the first stands for it.
    if (place === undefined || !Number.isInteger(index)) continue;
    const list = indices.get(place) ?? [];
    indices.set(place, list);
    list.push(index);
  }
  return [...indices]
    .sort(([a], [b]) => a - b)
    .map(([place, list]) => {
      const sorted = list.sort((a, b) => a - b);
      const [listed, mapped] = [`.${runsOf(sorted).join(".")}`, `~${bitsOf(sorted)}`];
      return `${place}${listed.length > readable && mapped.length < listed.length ? mapped : listed}`;
    })
    .join("_");
}

/** Lists up to so many characters stay lists, which people can read. */
const readable = 32;

/** Reads a set back. @throws InputError */
export function parseTrialSet(text: string, { studyId, populations }: TrialPlaces): Set<string> {
  const ids = new Set<string>();
  if (text === "") return ids;
  for (const part of splitParts(text)) {
    const match = /^(\d{1,2})(?:((?:\.\d{1,4}(?:-\d{1,4})?)+)|~([\w-]+))$/.exec(part);
    const name = match === null ? undefined : populations[Number(match[1])];
    if (match === null || name === undefined)
      throw new InputError([
        {
          path: "",
          message: `"${part}" is not allowed; expected a population's place from 0 to ${populations.length - 1} and its trials, as in 0.3.5-9`,
        },
      ]);
    const [, , listed, mapped] = match;
    for (const index of listed === undefined ? indicesOfBits(mapped!) : indicesOfRuns(listed, part))
      if (index < studyLimits.count) ids.add(trialId(studyId, name, index));
  }
  return ids;
}

/** "_" is a digit of base64url too: a part begins where a population's place and its mark follow. */
function splitParts(text: string): string[] {
  return text.split(/_(?=\d{1,2}[.~])/);
}

/** 3, 5, 6, 7 → "3", "5-7". */
function runsOf(sorted: readonly number[]): string[] {
  const runs: [number, number][] = [];
  for (const index of sorted) {
    const last = runs.at(-1);
    if (last !== undefined && index === last[1] + 1) last[1] = index;
    else runs.push([index, index]);
  }
  return runs.map(([from, to]) => (from === to ? `${from}` : `${from}-${to}`));
}

function indicesOfRuns(text: string, part: string): number[] {
  return text
    .slice(1)
    .split(".")
    .flatMap((run) => {
      const [from = 0, to = from] = run.split("-").map(Number);
      if (to < from) throw new InputError([{ path: "", message: `"${part}": ${run} ends before it begins` }]);
      return Array.from({ length: to - from + 1 }, (_, i) => from + i);
    });
}

const letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";

function bitsOf(sorted: readonly number[]): string {
  const sextets = new Uint8Array(Math.floor((sorted.at(-1) ?? 0) / 6) + 1);
  for (const index of sorted) sextets[Math.floor(index / 6)]! |= 1 << (index % 6);
  return Array.from(sextets, (sextet) => letters[sextet]).join("");
}

function indicesOfBits(text: string): number[] {
  return [...text].flatMap((letter, i) => {
    const sextet = letters.indexOf(letter);
    return [0, 1, 2, 3, 4, 5].flatMap((bit) => (sextet & (1 << bit) ? [6 * i + bit] : []));
  });
}
