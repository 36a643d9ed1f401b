import type { WorkerLoss } from "../state/run-store.ts";

/** `The browser ended the training worker (at 09:41). Training went on from epoch 2 of RegNetX 7 by itself.` */
export function lossText(loss: WorkerLoss): string {
  const { at, reason, times } = loss;
  const clock = new Date(at).toLocaleTimeString([], { hour: "2-digit", minute: "2-digit" });
  return `${reason} (at ${clock}${times > 1 ? `, ${times} times in this run` : ""}). ${outcomeText(loss)}`;
}

function outcomeText({ trial, outcome }: WorkerLoss): string {
  switch (outcome) {
    case "goes on":
      if (trial === undefined) return "Training went on by itself.";
      return `Training went on from ${placeText(trial)} by itself.`;
    case "given up":
      return `${trial?.name} is recorded as failed, and training went on with the next network.`;
    case "waits":
      return `Nothing recorded is lost; Resume goes on${trial === undefined ? "" : ` from ${placeText(trial)}`}.`;
    default:
      throw new Error(`unknown outcome ${outcome satisfies never}`);
  }
}

function placeText({ name, epochs }: NonNullable<WorkerLoss["trial"]>): string {
  return epochs === 0 ? `the beginning of ${name}` : `epoch ${epochs} of ${name}`;
}
