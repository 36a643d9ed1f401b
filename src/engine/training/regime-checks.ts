import { finalRateOf, type Schedule } from "./schedule.ts";

/** What of a regime can contradict each other, each field legal by itself. */
interface Checked extends Schedule, Regularizers {
  readonly images: number;
  readonly batch: number;
  readonly epochs: number;
  readonly randAugmentOperations?: number | undefined;
  readonly progressive?:
    | (Regularizers & { readonly phases: number; readonly resolution?: number | undefined })
    | undefined;
  readonly fineTune?: { readonly epochs: number } | undefined;
}

interface Regularizers {
  readonly dropout?: number | undefined;
  readonly randAugment?: number | undefined;
  readonly mixup?: number | undefined;
  readonly stochasticDepth?: number | undefined;
}

/** A field, by its path within the regime, and what is wrong with it and allowed there. */
export interface Contradiction {
  readonly key: (string | number)[];
  readonly message: string;
}

/** Fields of a regime that do not go together. Whether a data set or a network bears them is known later. */
export function contradictions(regime: Checked): Contradiction[] {
  return [
    ...batchProblems(regime),
    ...scheduleProblems(regime),
    ...augmentProblems(regime),
    ...phaseProblems(regime),
  ];
}

function batchProblems({ batch, images }: Checked): Contradiction[] {
  if (batch <= images) return [];
  return [{ key: ["batch"], message: `${batch} is not allowed; at most the images per epoch (${images})` }];
}

function scheduleProblems(regime: Checked): Contradiction[] {
  const { schedule, finalRate, milestones = [], stepFactor } = regime;
  const problems: Contradiction[] = [];
  if (schedule !== "step")
    for (const [key, value] of Object.entries({ milestones: regime.milestones, stepFactor }))
      if (value !== undefined)
        problems.push({ key: [key], message: `not with schedule "${schedule}"; only with "step"` });
  if (finalRate && (schedule === "step" || schedule === "constant"))
    problems.push({
      key: ["finalRate"],
      message: `not with schedule "${schedule}"; only with "cosine", "linear" or "exponential"`,
    });
  if (schedule === "exponential" && finalRateOf(regime) === 0)
    problems.push({ key: ["finalRate"], message: '0 is not allowed; above 0 with schedule "exponential"' });
  const late = milestones.findIndex((milestone, i) => i > 0 && milestone <= milestones[i - 1]!);
  if (late > 0)
    problems.push({
      key: ["milestones", late],
      message: `${milestones[late]} is not allowed; milestones ascend, so above ${milestones[late - 1]}`,
    });
  return problems;
}

function augmentProblems({ randAugment = 0, randAugmentOperations = 0 }: Checked): Contradiction[] {
  if (randAugmentOperations === 0 || randAugment > 0) return [];
  return [{ key: ["randAugmentOperations"], message: "not without randAugment; only where that is above 0" }];
}

function phaseProblems({ epochs, progressive, fineTune, ...ends }: Checked): Contradiction[] {
  const problems: Contradiction[] = [];
  const main = epochs - (fineTune?.epochs ?? 0);
  if (fineTune !== undefined && main < 1)
    problems.push({
      key: ["fineTune", "epochs"],
      message: `${fineTune.epochs} is not allowed; fewer than the regime's epochs (${epochs}), of which they are the last`,
    });
  if (progressive === undefined) return problems;
  const { phases, resolution, ...starts } = progressive;
  if (main >= 1 && phases > main)
    problems.push({
      key: ["progressive", "phases"],
      message:
        `${phases} is not allowed; at most one for each epoch (${main}` +
        `${fineTune ? `, without the ${fineTune.epochs} of fineTune` : ""})`,
    });
  if (resolution === undefined && Object.values(starts).every((start) => start === undefined))
    problems.push({
      key: ["progressive"],
      message:
        "nothing changes from phase to phase; give resolution, dropout, randAugment, mixup or stochasticDepth",
    });
  for (const [key, start = 0] of Object.entries(starts) as [keyof Regularizers, number | undefined][]) {
    const end = ends[key] ?? 0;
    if (start > end)
      problems.push({
        key: ["progressive", key],
        message: `${start} is not allowed; at most the regime's ${key} (${end}), where it ends`,
      });
  }
  return problems;
}
