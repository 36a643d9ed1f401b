import type { TensorId } from "../plan/call.ts";
import type { Plan } from "../plan/plan.ts";

/** The names that Session.read() knows, with their tensors. */
export function readable(plan: Plan): ReadonlyMap<string, TensorId> {
  const names = new Map<string, TensorId>(Object.entries(plan.kept.outputs));
  for (const name of ["images", "targets", "logits"] as const) names.set(name, plan.kept[name]);
  for (const { name, tensor } of [...plan.parameters, ...plan.statistics]) names.set(name, tensor);
  plan.tensors.forEach(({ name }, id) => {
    if (/^(grad|momentum|ema):/.test(name)) names.set(name, id);
  });
  return names;
}
