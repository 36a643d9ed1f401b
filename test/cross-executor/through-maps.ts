import type { TensorId } from "../../src/engine/plan/call.ts";
import type { KernelCall } from "../../src/engine/plan/calls.ts";
import type { Plan, PlannedTensor } from "../../src/engine/plan/plan.ts";
import { type CallCase, planOf } from "./single-call.ts";

/** Operands that are maps of the forward pass, by name. */
export const mapRoles = ["x", "y", "saved", "residual", "a", "b"] as const;

/**
 * A plan of one call that reads its maps from where a step's lie, and writes one there: they are copied from, and to, the
 * operands that the host reads and writes. Maps of whole vectors alone.
 */
export function planThroughMaps({ call, lengths }: CallCase): Plan {
  const plan = planOf(call, lengths);
  const tensors: PlannedTensor[] = [...plan.tensors];
  let filled = plan.buffers.find(({ name }) => name === "activations")!.length;
  const copies = new Map<TensorId, TensorId>();
  const mapOf = (id: TensorId): TensorId => {
    const { length } = plan.tensors[id]!;
    const known = copies.get(id);
    if (known !== undefined || length % 4 !== 0) return known ?? id;
    const made = tensors.push({ name: `map ${id}`, buffer: "activations", offset: filled, length }) - 1;
    filled += Math.ceil(length / 16) * 16;
    copies.set(id, made);
    return made;
  };
  const through = <Operands extends object>(operands: Operands, roles: readonly string[]): Operands =>
    Object.fromEntries(
      Object.entries(operands).map(([role, id]) => [role, roles.includes(role) ? mapOf(id as TensorId) : id]),
    ) as Operands;
  const within = through(call.in, mapRoles);
  const read = [...copies];
  const out = through(call.out, ["y"]);
  const written = [...copies].slice(read.length);
  const copy = (x: TensorId, y: TensorId): KernelCall => ({
    op: "affine",
    label: `copy ${x}`,
    in: { x },
    out: { y },
    update: {},
    attrs: { rows: tensors[x]!.length / 4, channels: 4, activation: "none" },
  });
  const calls = [
    ...read.map(([given, map]) => copy(given, map)),
    { ...call, in: within, out } as KernelCall,
    ...written.map(([result, map]) => copy(map, result)),
  ];
  const buffers = plan.buffers.map(({ name, length }) => ({
    name,
    length: name === "activations" ? filled : length,
  }));
  return { ...plan, tensors, buffers, train: calls, evaluate: calls };
}
