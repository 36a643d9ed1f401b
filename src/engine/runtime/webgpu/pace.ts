/** GPU time of a submit that is worth its overhead and short enough for a desktop that shares the GPU. */
const submitMs = 30;

/** A single step that takes longer goes in several submits: systems reset a GPU that does not answer for a second or two. */
const longestSubmitMs = 100;

/** Time between two read-backs. The GPU idles during one, so it is long; progress and pauses wait for it, so it is short. */
const readBackMs = 250;

/** Most steps between two read-backs: what the table of a session's batches holds. */
export const mostAtOnce = 64;

/** One measurement may be far off: a group is at most so much longer than the last one. */
const growth = 4;

/**
 * How many steps go into one submit, and how many are read back at once, by the time they took. Results do not depend on
 * it. The time of a read-back counts into that of its steps, so that where it is long (Firefox polls every 100 ms) groups
 * grow until it is a small share.
 */
export class Pace {
  #stepMs: number | undefined;
  #most = 1;

  /** @param guessedMs of the first step: what is too long for one submit must not be found out by sending it. */
  constructor(guessedMs?: number) {
    this.#stepMs = guessedMs;
  }

  /** Steps worth asking for at once. */
  get atOnce(): number {
    return Math.min(this.#most, within(readBackMs, this.#stepMs));
  }

  get stepsPerSubmit(): number {
    return within(submitMs, this.#stepMs);
  }

  /** More than 1 where a single step takes too long for one. */
  get submitsPerStep(): number {
    return this.#stepMs === undefined || this.#stepMs <= longestSubmitMs
      ? 1
      : Math.ceil(this.#stepMs / longestSubmitMs);
  }

  /** @param ms of all these steps together, their read-back included. */
  measured(steps: number, ms: number): void {
    this.#stepMs = ms / steps;
    this.#most = Math.min(mostAtOnce, growth * steps);
  }
}

/** Multiply-adds a millisecond that a slow adapter makes: too many submits of one step cost nothing to speak of. */
const slowMacs = { software: 1e6, gpu: 2e7 } as const;

/** A guess, rather too long, of what a list of so many multiply-adds takes. */
export function guessedMs(macs: number, { software }: { readonly software: boolean }): number {
  return macs / slowMacs[software ? "software" : "gpu"];
}

function within(ms: number, stepMs: number | undefined): number {
  if (stepMs === undefined) return 1;
  return Math.min(mostAtOnce, Math.max(1, Math.floor(ms / Math.max(stepMs, 0.01))));
}
