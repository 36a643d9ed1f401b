import { InputError } from "../math/input-error.ts";
import { isSettled, type Trial } from "./trial.ts";

/** Whether two digests are of different images; one that is not known may be any. */
export function differ(one: string | undefined, other: string | undefined): boolean {
  return one !== undefined && other !== undefined && one !== other;
}

type Recorded = Pick<Trial, "status" | "dataDigest">;

/** What is known of the images that settled trials were trained on: more than one digest, and they are not of one set. */
export function digestsOf(trials: readonly Recorded[]): string[] {
  const known = trials.flatMap((trial) =>
    isSettled(trial) && trial.dataDigest !== undefined ? [trial.dataDigest] : [],
  );
  return [...new Set(known)];
}

/**
 * Refuses to go on with a study whose data set has other images by now than its trials were trained on: their errors would
 * stand beside each other as if they were of one data set. Trials that did not come to an end begin anew instead.
 * @throws InputError that says what is allowed
 */
export function checkSameImages(
  dataset: string,
  dataDigest: string | undefined,
  recorded: readonly Recorded[],
): void {
  const others = recorded.filter((trial) => isSettled(trial) && differ(trial.dataDigest, dataDigest));
  if (others.length === 0) return;
  const then = [...new Set(others.map((trial) => trial.dataDigest))].join(", ");
  const trials = others.length === 1 ? "1 recorded trial was" : `${others.length} recorded trials were`;
  throw new InputError([
    {
      path: "regime.dataset",
      message:
        `${dataset} has other images (digest ${dataDigest}) than ${trials} trained on (digest ${then}); ` +
        "expected those images under this name again, or a study of its own for the new ones: a duplicate of the set-up, another results file",
    },
  ]);
}
