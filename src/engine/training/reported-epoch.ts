/** What of an epoch's record decides which one is reported. */
export interface MeasuredEpoch {
  readonly testError: number;
  readonly validationError?: number | undefined;
  readonly resolution?: number | undefined;
}

/**
 * The epoch whose test error is the trial's: of those at the image size that the run ends with, the one with the lowest
 * validation error, where images are held out for that; without them the one with the lowest test error, as pycls counts
 * its sweeps (which flatters it a little: the same images choose and report). The first of equals.
 */
export function reportedEpoch<E extends MeasuredEpoch>(epochs: readonly E[]): E | undefined {
  const size = epochs.at(-1)?.resolution;
  const measure = ({ validationError, testError }: E) => validationError ?? testError;
  let best: E | undefined;
  for (const epoch of epochs)
    if (epoch.resolution === size && (best === undefined || measure(epoch) < measure(best))) best = epoch;
  return best;
}
