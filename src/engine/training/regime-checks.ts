import { finalRateOf, type Schedule } from "./schedule.ts";

/** What of a regime can contradict each other, each field legal by itself. */
interface Checked extends Schedule {
  readonly images: number;
  readonly batch: number;
}

/** A field, by its path within the regime, and what is wrong with it and allowed there. */
export interface Contradiction {
  readonly key: (string | number)[];
  readonly message: string;
}

/** Fields of a regime that do not go together. Whether a data set or a network bears them is known later. */
export function contradictions(regime: Checked): Contradiction[] {
  return [...batchProblems(regime), ...scheduleProblems(regime)];
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
