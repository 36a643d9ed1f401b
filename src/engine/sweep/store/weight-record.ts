import type { ModelState } from "../../runtime/executor.ts";

/**
 * The weights and running statistics of a finished trial as stores keep them: one array, so that it is written and read
 * as a whole, in float32, which every fast executor computes in.
 */
export interface WeightRecord {
  readonly trialId: string;
  readonly studyId: string;
  /** Milliseconds since 1970. */
  readonly savedAt: number;
  readonly bytes: number;
  /** The epoch they are of; left out by earlier programs, whose weights are of the last one. */
  readonly epoch?: number;
  readonly tensors: readonly { readonly name: string; readonly length: number }[];
  /** The tensors, one behind the other, in the plan's layouts. */
  readonly values: Float32Array<ArrayBuffer>;
}

export function packState(state: ModelState): Pick<WeightRecord, "bytes" | "tensors" | "values"> {
  const tensors = Array.from(state, ([name, { length }]) => ({ name, length }));
  const values = new Float32Array(tensors.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const tensor of state.values()) {
    values.set(tensor, at);
    at += tensor.length;
  }
  return { bytes: values.byteLength, tensors, values };
}

export function unpackState({ tensors, values }: Pick<WeightRecord, "tensors" | "values">): ModelState {
  const state = new Map<string, Float32Array>();
  let at = 0;
  for (const { name, length } of tensors) {
    state.set(name, values.slice(at, at + length));
    at += length;
  }
  return state;
}
