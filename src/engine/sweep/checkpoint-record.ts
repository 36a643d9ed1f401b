import type { ModelState } from "../runtime/executor.ts";
import type { TrialCheckpoint } from "./recorder.ts";

/** A checkpoint as stores keep it: one array of all values, in the precision of the executor. */
export interface CheckpointRecord extends Omit<TrialCheckpoint, "state" | "reported"> {
  readonly tensors: readonly { readonly name: string; readonly length: number }[];
  /** The tensors, one behind the other, in the plan's layouts. */
  readonly values: Float32Array<ArrayBuffer> | Float64Array<ArrayBuffer>;
}

/** Before the names of weights that are of an earlier epoch than the rest. */
const reportedMark = "reported:";

export function packCheckpoint({ state: last, reported, ...rest }: TrialCheckpoint): CheckpointRecord {
  const earlier = Array.from(reported ?? [], ([name, values]) => [reportedMark + name, values] as const);
  const state = new Map([...last, ...earlier]);
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
  const reported = new Map<string, Float32Array | Float64Array>();
  let at = 0;
  for (const { name, length } of tensors) {
    const tensor = values.slice(at, at + length);
    if (name.startsWith(reportedMark)) reported.set(name.slice(reportedMark.length), tensor);
    else state.set(name, tensor);
    at += length;
  }
  return {
    ...rest,
    state: state as ModelState,
    ...(reported.size > 0 ? { reported: reported as ModelState } : {}),
  };
}
