import type { GivenUpTrial } from "../../../engine/sweep/protocol.ts";

/**
 * What is done when a sweep worker ends before its run does: the browser killed it, or it threw. A new one goes on from
 * the last checkpoint, so what matters is whether the run gets any further between one end and the next.
 */

/** Workers that may be started one after the other without a finished epoch between. */
export const mostRestarts = 3;

/** Trials that may be given up one after the other: where none gets through, it is not the trials. */
export const mostGivenUp = 5;

/** Complete epochs that are recorded of each trial; what is to be trained again has none yet. */
export type CompleteEpochs = ReadonlyMap<string, number>;

/** How a worker ended. */
export interface WorkerEnd {
  /** Milliseconds since 1970. */
  readonly at: number;
  readonly reason: string;
  readonly epochs: CompleteEpochs;
  /** The trial that was under way; none while data are loaded, say. */
  readonly trialId?: string | undefined;
}

/** The ends of a run so far. */
export interface Ends {
  /** Without a finished epoch between. */
  readonly inARow: readonly WorkerEnd[];
  /** Trials given up in a row, without a finished epoch between. */
  readonly givenUp: number;
  /** At the last one. */
  readonly epochs: CompleteEpochs;
  /** Of the whole run. */
  readonly all: number;
}

export const noEnds: Ends = { inARow: [], givenUp: 0, epochs: new Map(), all: 0 };

/** go on: from the last checkpoint. give up: the trial is recorded as failed, then go on. stop: until the user resumes. */
export type Recovery =
  | { readonly action: "go on" | "stop"; readonly ends: Ends }
  | { readonly action: "give up"; readonly trial: GivenUpTrial; readonly ends: Ends };

export function recoveryAfter(end: WorkerEnd, before: Ends): Recovery {
  const { epochs } = end;
  const further = before.all === 0 || gotFurther(epochs, before.epochs);
  const inARow = further ? [end] : [...before.inARow, end];
  const givenUp = further ? 0 : before.givenUp;
  const ends = { inARow, givenUp, epochs, all: before.all + 1 };
  if (inARow.length <= mostRestarts) return { action: "go on", ends };
  const { trialId, reason } = end;
  const sameTrial = inARow.every((each) => each.trialId === trialId);
  if (trialId === undefined || !sameTrial || givenUp >= mostGivenUp) return { action: "stop", ends };
  return {
    action: "give up",
    trial: {
      trialId,
      reason: `the training worker ended ${inARow.length} times in the same epoch, last: ${reason}`,
    },
    ends: { ...ends, inARow: [], givenUp: givenUp + 1 },
  };
}

/**
 * Whether an epoch was finished between two looks. Their sum could fall meanwhile and hide it: a trial that begins anew,
 * because it is trained again or its checkpoint cannot be used, gives up the epochs it had.
 */
function gotFurther(now: CompleteEpochs, before: CompleteEpochs): boolean {
  return [...now].some(([trialId, epochs]) => epochs > 0 && epochs !== (before.get(trialId) ?? 0));
}
