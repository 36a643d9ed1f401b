import { InputError, type InputProblem } from "../math/input-error.ts";
import { toPlanLayout } from "../plan/layout.ts";
import type { Plan } from "../plan/plan.ts";
import type { ModelState } from "../runtime/executor.ts";
import { readSafetensors } from "./safetensors.ts";

/**
 * The weights that exportWeights wrote, or any safetensors file with pycls' names and PyTorch's layouts, for a plan.
 * @throws InputError naming the tensors that are missing or have another shape; further ones are let pass
 */
export function importWeights(
  file: Uint8Array,
  plan: Pick<Plan, "parameters" | "statistics" | "tensors">,
): ModelState {
  const { tensors } = readSafetensors(file);
  const state = new Map<string, Float32Array>();
  const problems: InputProblem[] = [];
  const take = (name: string, shape: readonly number[]): Float32Array | undefined => {
    const tensor = tensors.get(name);
    if (tensor !== undefined && tensor.shape.join() === shape.join()) return Float32Array.from(tensor.data);
    const message = tensor === undefined ? "missing" : `[${tensor.shape}]; the network has [${shape}]`;
    problems.push({ path: `tensor ${name}`, message });
    return undefined;
  };
  for (const parameter of plan.parameters) {
    const values = take(parameter.name, parameter.shape);
    if (values !== undefined) state.set(parameter.name, toPlanLayout(parameter, values));
  }
  for (const { name, tensor } of plan.statistics) {
    const values = take(name, [plan.tensors[tensor]!.length]);
    if (values !== undefined) state.set(name, values);
  }
  if (problems.length > 0) throw new InputError(problems.slice(0, 5));
  return state;
}
