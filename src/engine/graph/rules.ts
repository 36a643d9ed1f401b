import {
  convCost,
  convShape,
  type LayerCost,
  linearCost,
  type MapShape,
  normCost,
  poolCost,
  poolShape,
} from "../network/layers.ts";
import type { GraphNode } from "./graph.ts";

const free: LayerCost = { flops: 0, params: 0, acts: 0 };

/** Why a node cannot be built on these inputs. */
export class ShapeError extends Error {
  override readonly name = "ShapeError";
}

/** Shape of a node's output from the shapes of its inputs; throws ShapeError where they do not fit. */
export function shapeOf(node: GraphNode, inputs: readonly MapShape[]): MapShape {
  const [x, y] = inputs;
  if (node.op === "input") return node.shape;
  if (x === undefined) throw new ShapeError("no input");
  switch (node.op) {
    case "conv": {
      const { groups, filters } = node.attrs;
      if (x.channels % groups !== 0 || filters % groups !== 0)
        throw new ShapeError(`${groups} groups do not divide ${x.channels} channels and ${filters} filters`);
      return convShape(x, node.attrs);
    }
    case "norm":
    case "proxy":
    case "drop":
    case "dropout":
    case "activation":
      return x;
    case "add":
      if (y === undefined || !sameShape(x, y)) throw new ShapeError(`${show(x)} ≠ ${show(y)}`);
      return x;
    case "maxPool":
      return poolShape(x, node.attrs);
    case "globalPool":
      return { height: 1, width: 1, channels: x.channels };
    case "scale":
      if (y === undefined || !sameShape(y, { height: 1, width: 1, channels: x.channels }))
        throw new ShapeError(`factors ${show(y)} for ${show(x)}`);
      return x;
    case "linear":
      if (x.height !== 1 || x.width !== 1) throw new ShapeError(`linear on ${show(x)}, not on a 1×1 map`);
      return { height: 1, width: 1, channels: node.units };
    default:
      return node satisfies never;
  }
}

/** What a node costs per image, as pycls counts it. */
export function costOf(node: GraphNode, inputs: readonly MapShape[]): LayerCost {
  const [x] = inputs;
  if (x === undefined) return free;
  switch (node.op) {
    case "conv":
      return convCost(x, node.attrs);
    case "norm":
    case "proxy":
      return normCost(x);
    case "maxPool":
      return poolCost(x, node.attrs);
    case "linear":
      return linearCost(x, node.units);
    default:
      return free;
  }
}

export function sameShape(a: MapShape, b: MapShape): boolean {
  return a.height === b.height && a.width === b.width && a.channels === b.channels;
}

/** "[8,8,64]". */
export function show(shape: MapShape | undefined): string {
  return shape ? `[${shape.height},${shape.width},${shape.channels}]` : "nothing";
}
