import { InputError } from "../../../engine/math/input-error.ts";
import type { Study } from "../../../engine/sweep/study.ts";
import { studyId } from "../../../engine/sweep/study-id.ts";
import { decodeStudy, encodeStudy } from "../../../engine/sweep/study-url.ts";
import { plainResultsView, type ResultsView } from "./results-view.ts";
import type { TrialPlaces } from "./trial-set-text.ts";
import { decodeView, encodeView, viewKeys } from "./view-url.ts";

/**
 * The page's address holds its view, the set-up and what is looked at: `#/study?v=1&name=…&p=…&show=scatter`. All of it
 * is behind the "#", so that any static host serves it, and it is never sent to one.
 */
export interface Address {
  readonly study: Study | undefined;
  /** What is wrong with the set-up in it: the field and what is allowed. */
  readonly problem: string | undefined;
  readonly view: ResultsView;
  /** What of the view could not be used. */
  readonly viewProblem: string | undefined;
}

export function readAddress(hash: string): Address {
  const query = new URLSearchParams(hash.split("?").slice(1).join("?"));
  const viewQuery = new URLSearchParams();
  for (const key of viewKeys) {
    const value = query.get(key);
    if (value !== null) viewQuery.set(key, value);
    query.delete(key);
  }
  try {
    const study = decodeStudy(query);
    if (study === undefined)
      return { study, problem: undefined, view: plainResultsView, viewProblem: undefined };
    const { view, problems } = decodeView(viewQuery, placesOf(study));
    const viewProblem = problems.map(({ path, message }) => `${path}: ${message}`).join("; ");
    return { study, problem: undefined, view, viewProblem: viewProblem === "" ? undefined : viewProblem };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { study: undefined, problem: error.message, view: plainResultsView, viewProblem: undefined };
  }
}

export function studyHash(study: Study, view: ResultsView = plainResultsView): string {
  return `#/study?${encodeStudy(study)}${encodeView(view, placesOf(study))}`;
}

function placesOf(study: Study): TrialPlaces {
  return { studyId: studyId(study), populations: study.populations.map(({ name }) => name) };
}
