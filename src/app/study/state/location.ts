import { InputError } from "../../../engine/math/input-error.ts";
import type { Study } from "../../../engine/sweep/study.ts";
import { decodeStudy, encodeStudy } from "../../../engine/sweep/study-url.ts";

/**
 * The page's address holds its view and set-up: `#/study?v=1&name=…&p=…`. All of it is behind the "#", so that any static
 * host serves it, and it is never sent to one.
 */
export interface Address {
  readonly study: Study | undefined;
  /** What is wrong with the set-up in it: the field and what is allowed. */
  readonly problem: string | undefined;
}

export function readAddress(hash: string): Address {
  const query = hash.split("?").slice(1).join("?");
  try {
    return { study: decodeStudy(query), problem: undefined };
  } catch (error) {
    if (!(error instanceof InputError)) throw error;
    return { study: undefined, problem: error.message };
  }
}

export function studyHash(study: Study): string {
  return `#/study?${encodeStudy(study)}`;
}
