import { InputError } from "../math/input-error.ts";
import { complexity } from "../network/complexity.ts";
import type { NetworkSpec } from "../network/spec.ts";

/** The network of a one-parameter family that comes closest to a budget. */
export interface Solved {
  readonly spec: NetworkSpec;
  /** The family's parameter: φ, a multiplier, a factor. */
  readonly parameter: number;
  readonly flops: number;
  /** (flops − budget) / budget. */
  readonly deviation: number;
}

/** A scaling rule with one knob. A larger parameter never gives a network with fewer flops. */
export interface Family {
  /** The knob's name in messages. */
  readonly name: string;
  readonly lowest: number;
  readonly highest: number;
  make(parameter: number): NetworkSpec;
}

/**
 * Finds the parameter whose network needs `flops` multiply-adds, as nearly as rounded widths and depths allow: flops are
 * a staircase in the parameter; bisection finds the step that crosses the budget, and the nearer side of it wins.
 */
export function solveForFlops(family: Family, flops: number): Solved {
  const at = (parameter: number): Solved => {
    const spec = family.make(parameter);
    const cost = complexity(spec).flops;
    return { spec, parameter, flops: cost, deviation: (cost - flops) / flops };
  };
  let below = at(family.lowest);
  let above = at(family.highest);
  if (!(flops >= below.flops && flops <= above.flops)) {
    const range = `${below.flops} (${family.name} ${family.lowest}) to ${above.flops} (${family.name} ${family.highest})`;
    throw new InputError([{ path: "flops", message: `${flops} is not allowed; expected from ${range}` }]);
  }
  // 50 halvings take any interval below the spacing of its doubles.
  for (let i = 0; i < 50 && below.flops < flops; i++) {
    const middle = at((below.parameter + above.parameter) / 2);
    if (middle.flops <= flops) below = middle;
    else above = middle;
  }
  return Math.abs(above.deviation) < Math.abs(below.deviation) ? above : below;
}
