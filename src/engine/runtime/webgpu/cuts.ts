import { trafficOf } from "../../plan/traffic.ts";
import type { Dispatch, Program } from "./program.ts";

/** What a value that is bound costs, in multiply-adds: what a processor that plays a GPU takes for its load or store. */
const macsPerValue = 4;
/** What a dispatch costs whatever it computes, in multiply-adds. */
const macsPerDispatch = 60_000;

/**
 * What each dispatch takes, in multiply-adds, roughly: it is only compared with others of its list. The multiply-adds of a
 * call are those of its largest grid; every dispatch loads or stores what it binds.
 */
export function costsOf(
  list: readonly Dispatch[],
  program: Pick<Program, "plan" | "lengthOf">,
): Float64Array {
  const largest = new Map<Dispatch["call"], Dispatch>();
  for (const dispatch of list) {
    const known = largest.get(dispatch.call);
    if (known === undefined || dispatch.workgroups > known.workgroups) largest.set(dispatch.call, dispatch);
  }
  return Float64Array.from(list, (dispatch) => {
    const { call, bound } = dispatch;
    const tensors = new Set(bound.flatMap(({ operands }) => operands.filter((id) => typeof id === "number")));
    let values = 0;
    for (const id of tensors) values += program.lengthOf(id);
    const macs = largest.get(call) === dispatch ? trafficOf(call, program.plan).macs : 0;
    return macs + macsPerValue * values + macsPerDispatch;
  });
}

/**
 * Cuts a list into so many parts of near equal cost, in order; fewer, where single dispatches cost more than a part.
 * @returns where each part ends; the last is the list's length.
 */
export function cutsOf(costs: ArrayLike<number>, from: number, parts: number): number[] {
  let total = 0;
  for (let i = from; i < costs.length; i++) total += costs[i]!;
  const endOf = (part: number) => (total * part) / parts;
  const ends: number[] = [];
  let sum = 0;
  let part = 1;
  for (let i = from; i < costs.length - 1; i++) {
    sum += costs[i]!;
    // Here, if that is nearer to the part's end than behind the next one.
    if (2 * (endOf(part) - sum) > costs[i + 1]!) continue;
    ends.push(i + 1);
    do part++;
    while (endOf(part) <= sum);
  }
  ends.push(costs.length);
  return ends;
}
