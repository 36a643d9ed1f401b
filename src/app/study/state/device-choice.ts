import type { SweepOptions } from "../../../engine/sweep/protocol.ts";

/** What the user wants networks trained with: part of a run and of this browser, not of a study. Empty is automatic. */
export type DeviceChoice = Pick<SweepOptions, "executor" | "threads">;

export type ChoiceStorage = Pick<Storage, "getItem" | "setItem">;

const key = "designscape-device";
const mostThreads = 64;

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
  try {
    storage?.setItem(key, JSON.stringify(choice));
  } catch {
    // A full store loses the choice with the page, nothing else.
  }
}
