import type { ModelState } from "../runtime/executor.ts";
import type { TrialCheckpoint } from "./recorder.ts";

/** A checkpoint as stores keep it: one array of all values, in the precision of the executor. */
export interface CheckpointRecord extends Omit<TrialCheckpoint, "state"> {
  readonly tensors: readonly { readonly name: string; readonly length: number }[];
  /** The tensors, one behind the other, in the plan's layouts. */
  readonly values: Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;
}

export function packCheckpoint({ state, ...rest }: TrialCheckpoint): CheckpointRecord {
  const tensors = Array.from(state, ([name, { length }]) => ({ name, length }));
  const length = tensors.reduce((sum, tensor) => sum + tensor.length, 0);
  const double = [...state.values()].some((each) => each instanceof Float64Array);
  const values = double ? new Float64Array(length) : new Float32Array(length);
  let at = 0;
  for (const tensor of state.values()) {
    values.set(tensor, at);
    at += tensor.length;
  }
  return { ...rest, tensors, values };
}

export function unpackCheckpoint({ tensors, values, ...rest }: CheckpointRecord): TrialCheckpoint {
  const state = new Map<string, Float32Array | Float64Array>();
  let at = 0;
  for (const { name, length } of tensors) {
    state.set(name, values.slice(at, at + length));
    at += length;
  }
  return { ...rest, state: state as ModelState };
}
