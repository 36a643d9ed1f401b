import type { PlannedParameter } from "./plan.ts";

type Floats = Float32Array | Float64Array;

/** [K, C/G, k, k] of PyTorch → [k, k, C/G, K] of the plan; linear [K, C] → [C, K]; vectors stay. */
export function toPlanLayout<T extends Floats>(parameter: Pick<PlannedParameter, "shape">, values: T): T {
  return permute(parameter, values, (plan, torch, from) => {
    plan[from.plan] = torch[from.torch] ?? 0;
  });
}

/** The inverse of toPlanLayout. */
export function toTorchLayout<T extends Floats>(parameter: Pick<PlannedParameter, "shape">, values: T): T {
  return permute(parameter, values, (torch, plan, from) => {
    torch[from.torch] = plan[from.plan] ?? 0;
  });
}

function permute<T extends Floats>(
  { shape }: Pick<PlannedParameter, "shape">,
  values: T,
  move: (to: T, source: T, index: { plan: number; torch: number }) => void,
): T {
  const result = values.slice() as T;
  const [filters = 1, channels = 1, height = 1, width = 1] = shape;
  if (shape.length < 2) return result;
  const taps = height * width;
  for (let k = 0; k < filters; k++) {
    for (let c = 0; c < channels; c++) {
      for (let tap = 0; tap < taps; tap++) {
        move(result, values, {
          plan: (tap * channels + c) * filters + k,
          torch: (k * channels + c) * taps + tap,
        });
      }
    }
  }
  return result;
}
