import type { SweepOptions } from "../../../engine/sweep/protocol.ts";

/** What the user wants networks trained with: part of a run and of this browser, not of a study. Empty is automatic. */
export type DeviceChoice = Pick<SweepOptions, "executor" | "threads">;

export type ChoiceStorage = Pick<Storage, "getItem" | "setItem">;

const key = "designscape-device";
const mostThreads = 64;
const dutyKey = "designscape-duty";

/** Shares of the time that a user may let networks train, the usual one first. */
export const duties = [1, 0.75, 0.5, 0.25] as const;

/** The stored share; all of the time where there is none. */
export function readDuty(storage: ChoiceStorage | undefined): number {
  const text = storage?.getItem(dutyKey);
  return duties.find((duty) => String(duty) === text) ?? duties[0];
}

export function writeDuty(storage: ChoiceStorage | undefined, duty: number): void {
  write(storage, dutyKey, String(duty));
}

/** The stored choice; what is no choice counts as none. */
export function readChoice(storage: ChoiceStorage | undefined): DeviceChoice {
  const text = storage?.getItem(key);
  if (text == null) return {};
  try {
    const { executor, threads } = JSON.parse(text) as Record<string, unknown>;
    if (executor === "webgpu") return { executor };
    if (executor !== "wasm") return {};
    const counted = typeof threads === "number" && Number.isInteger(threads);
    return counted && threads >= 1 && threads <= mostThreads ? { executor, threads } : { executor };
  } catch {
    return {};
  }
}

export function writeChoice(storage: ChoiceStorage | undefined, choice: DeviceChoice): void {
  write(storage, key, JSON.stringify(choice));
}

function write(storage: ChoiceStorage | undefined, at: string, text: string): void {
  try {
    storage?.setItem(at, text);
  } catch {
    // A full store loses the choice with the page, nothing else.
  }
}
