import type { TensorId } from "./call.ts";
import type { CallOf, SqueezeShape } from "./calls.ts";
import { mapLength, mapsShape, shapeAt } from "./geometry.ts";
import { type LoweringContext, layerOf, required } from "./lowering.ts";
import type { SqueezeUnit } from "./units.ts";

/** What squeeze-and-excitation keeps for its gradient. */
export type SqueezeValues = Pick<CallOf<"squeezeExcite">["out"], "pooled" | "hidden" | "s">;

export function lowerSqueeze(
  context: LoweringContext,
  unit: SqueezeUnit,
  x: TensorId,
  y: TensorId,
): { call: CallOf<"squeezeExcite">; kept: SqueezeValues } {
  const { table } = context;
  const { name } = unit.node;
  const [reduce, expand] = layersOf(context, unit);
  const attrs = shapeOf(context, unit);
  const kept = {
    pooled: table.temporary(`${name}.pooled`, attrs.batch * attrs.channels),
    hidden: table.temporary(`${name}.hidden`, attrs.batch * attrs.squeezed),
    s: table.temporary(`${name}.s`, attrs.batch * attrs.channels),
  };
  const call: CallOf<"squeezeExcite"> = {
    op: "squeezeExcite",
    label: unit.reduce.name,
    in: {
      x,
      reduce: reduce.weight,
      reduceBias: required(reduce.bias, unit.reduce.name),
      expand: expand.weight,
      expandBias: required(expand.bias, unit.expand.name),
    },
    out: { y, ...kept },
    update: {},
    attrs,
  };
  return { call, kept };
}

export function lowerSqueezeGrad(
  context: LoweringContext,
  unit: SqueezeUnit,
  dy: TensorId,
  x: TensorId,
  kept: SqueezeValues,
): { call: CallOf<"squeezeExciteGrad">; dx: TensorId } {
  const { table, graph, batch } = context;
  const [reduce, expand] = layersOf(context, unit);
  const dx = table.temporary(`d ${unit.node.name}.x`, mapLength(batch, shapeAt(graph, unit.output)));
  const call: CallOf<"squeezeExciteGrad"> = {
    op: "squeezeExciteGrad",
    label: unit.reduce.name,
    in: { dy, x, reduce: reduce.weight, expand: expand.weight, ...kept },
    out: {
      dx,
      dReduce: reduce.dWeight,
      dReduceBias: required(reduce.dBias, unit.reduce.name),
      dExpand: expand.dWeight,
      dExpandBias: required(expand.dBias, unit.expand.name),
    },
    update: {},
    attrs: shapeOf(context, unit),
  };
  return { call, dx };
}

function layersOf({ layers }: LoweringContext, { reduce, expand }: SqueezeUnit) {
  return [layerOf(layers, reduce.name), layerOf(layers, expand.name)] as const;
}

function shapeOf({ batch }: LoweringContext, { node, reduce, activation }: SqueezeUnit): SqueezeShape {
  return { ...mapsShape(batch, node.shape), squeezed: reduce.shape.channels, activation };
}
