import { comparisonLimit } from "../../engine/analysis/comparison-table.ts";
import type { InputProblem } from "../../engine/math/input-error.ts";

/**
 * What is compared, as `#/compare?g=<study>/<population>&g=<study>&base=<study>/<population>`: populations of studies, or
 * whole studies, by the ids of the studies. A study is found in this browser or in a results file that is dropped here.
 */
export interface CompareAddress {
  /** Keys of groups, at most `comparisonLimit`. */
  readonly chosen: readonly string[];
  /** The group that the others are held against; undefined is the first one. */
  readonly baseline: string | undefined;
}

/** A population of a study, or all of a study. */
export interface GroupKey {
  readonly studyId: string;
  readonly population: string | undefined;
}

export function groupKey({ studyId, population }: GroupKey): string {
  return population === undefined ? studyId : `${studyId}/${population}`;
}

/** Ids are hexadecimal and names have no "/". */
export function parseGroupKey(key: string): GroupKey {
  const at = key.indexOf("/");
  return at < 0
    ? { studyId: key, population: undefined }
    : { studyId: key.slice(0, at), population: key.slice(at + 1) };
}

export function compareHash({ chosen, baseline }: CompareAddress): string {
  const query = new URLSearchParams(chosen.map((key) => ["g", key]));
  if (baseline !== undefined && baseline !== chosen[0]) query.set("base", baseline);
  const text = query.toString().replaceAll("%2F", "/");
  return text === "" ? "#/compare" : `#/compare?${text}`;
}

export interface ReadCompareAddress {
  readonly address: CompareAddress;
  readonly problems: readonly InputProblem[];
}

/** Reads an address; what cannot be used is named and left out. */
export function readCompareHash(hash: string): ReadCompareAddress {
  const query = new URLSearchParams(hash.split("?").slice(1).join("?"));
  const problems: InputProblem[] = [];
  const chosen: string[] = [];
  for (const key of query.getAll("g")) {
    if (!/^[\w-]{1,64}(\/[^/]{1,80})?$/u.test(key))
      problems.push({
        path: "g",
        message: `${JSON.stringify(key)} is not allowed; expected a study's id and a population's name, as in 14f598a286708739/RegNetX`,
      });
    else if (chosen.includes(key)) continue;
    else if (chosen.length === comparisonLimit)
      problems.push({ path: "g", message: `at most ${comparisonLimit} groups are compared at once` });
    else chosen.push(key);
  }
  const base = query.get("base");
  if (base !== null && !chosen.includes(base))
    problems.push({
      path: "base",
      message: `${JSON.stringify(base)} is not allowed; expected one of the groups`,
    });
  const unique = problems.filter(
    ({ path, message }, i) => problems.findIndex((one) => one.path === path && one.message === message) === i,
  );
  return {
    address: { chosen, baseline: base !== null && chosen.includes(base) ? base : undefined },
    problems: unique,
  };
}
