import { z } from "zod";

/** What a study says about when and how long its networks are trained, beside the regime. All of it may be left out. */

export const schedulingLimits = { repeats: 20, factor: 8, minutes: 100_000 } as const;

const minutes = z.number().positive().max(schedulingLimits.minutes);

/**
 * Successive halving (Jamieson & Talwalkar 2016, arXiv:1502.07943), in each population apart: of n networks that are
 * trained for `epochs` epochs the best n/factor go on to factor·epochs, of those the best n/factor² to factor²·epochs, and
 * so on until the regime's end. What a network is ranked by is its lowest error so far.
 */
export const halvingSchema = z.strictObject({
  /** Epochs until networks are compared first. */
  epochs: z.int().min(1),
  factor: z.int().min(2).max(schedulingLimits.factor).default(2),
});

export const stopSchema = z.strictObject({
  /** Training time of the whole study, pauses left out; what is not trained then waits for more. */
  minutes: minutes.optional(),
  /** Training time of one trial; on a slower device fewer networks get through. */
  trialMinutes: minutes.optional(),
  /** A trial whose lowest error is not below `above` after so many epochs is cut. */
  error: z.strictObject({ epochs: z.int().min(1), above: z.number().min(0).max(1) }).optional(),
});

export type Halving = z.output<typeof halvingSchema>;
export type StopRules = z.output<typeof stopSchema>;

export const schedulingShape = {
  /** Seeds per network: the first is the study's own. Absent: one. */
  repeats: z.int().min(1).max(schedulingLimits.repeats).optional(),
  halving: halvingSchema.optional(),
  stop: stopSchema.optional(),
};

interface Scheduled {
  readonly regime: { readonly epochs: number };
  readonly halving?: Halving | undefined;
  readonly stop?: StopRules | undefined;
}

/** What would never take effect. */
export function schedulingProblems({
  regime,
  halving,
  stop,
}: Scheduled): { path: string[]; message: string }[] {
  const late = (epochs: number | undefined, path: string[], never: string) => {
    if (epochs === undefined || epochs < regime.epochs) return [];
    const allowed =
      regime.epochs === 1
        ? `the regime has a single epoch, ${never}; at least 2 epochs`
        : `fewer than the epochs of the regime (${regime.epochs})`;
    return [{ path, message: `${epochs} is not allowed; ${allowed}` }];
  };
  return [
    ...late(halving?.epochs, ["halving", "epochs"], "which cannot be halved"),
    ...late(stop?.error?.epochs, ["stop", "error", "epochs"], "before whose end no trial can be cut"),
  ];
}

/** Epochs at which networks are compared, ascending, and last those of the regime. */
export function rungsOf({ regime, halving }: Scheduled): number[] {
  const rungs: number[] = [];
  if (halving)
    for (let epochs = halving.epochs; epochs < regime.epochs; epochs *= halving.factor) rungs.push(epochs);
  return [...rungs, regime.epochs];
}

/** How many of `count` networks are trained up to a rung. */
export function reaching(count: number, rung: number, halving: Halving | undefined): number {
  return halving ? Math.max(1, Math.ceil(count / halving.factor ** rung)) : count;
}

/** Trials of a study: networks times seeds. */
export function totalTrials(study: {
  readonly populations: readonly { readonly count: number }[];
  readonly repeats?: number | undefined;
}): number {
  return (study.repeats ?? 1) * study.populations.reduce((sum, { count }) => sum + count, 0);
}
