import type { NetworkSpec } from "../network/spec.ts";
import { toTorchLayout } from "../plan/layout.ts";
import type { Plan } from "../plan/plan.ts";
import type { ModelState, Weights } from "../runtime/executor.ts";
import { type NamedTensor, writeSafetensors } from "./safetensors.ts";

/**
 * Trained weights for PyTorch: pycls' names, PyTorch's layouts, float32, running statistics included; the metadata has the
 * network's spec and whether these are the trained values or their moving averages.
 */
export function exportWeights(
  plan: Pick<Plan, "parameters" | "statistics">,
  state: ModelState,
  spec: NetworkSpec,
  weights: Weights = "trained",
): Uint8Array<ArrayBuffer> {
  const value = (name: string): Float32Array => {
    const values = state.get(name);
    if (!values) throw new RangeError(`the state has no ${name}`);
    return Float32Array.from(values);
  };
  const parameters = plan.parameters.map((parameter): [string, NamedTensor] => {
    const { name, shape } = parameter;
    return [name, { shape, data: toTorchLayout(parameter, value(name)) }];
  });
  const statistics = plan.statistics.map(({ name }): [string, NamedTensor] => {
    const data = value(name);
    return [name, { shape: [data.length], data }];
  });
  return writeSafetensors([...parameters, ...statistics], {
    format: "pt",
    spec: JSON.stringify(spec),
    weights,
  });
}
