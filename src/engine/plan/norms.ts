import type { NormSpec } from "../network/spec.ts";
import type { TensorId } from "./call.ts";
import type { KernelCall } from "./calls.ts";
import { mapsShape, matrixShape } from "./geometry.ts";
import { type LoweringContext, layerOf, required } from "./lowering.ts";
import type { NormUnit } from "./units.ts";

/** Vectors of one norm that its affine and its gradient read; all of batch norm's are per channel. */
export interface NormVectors {
  readonly mean: TensorId;
  readonly invStd: TensorId;
  readonly scale: TensorId;
  readonly shift: TensorId;
}

/** Groups of a per-image norm over C channels; all channels are one group where the width does not divide them. */
export function groupsOf(norm: Exclude<NormSpec, { type: "batch" }>, channels: number): number {
  return norm.type === "group" && channels % norm.groupWidth === 0 ? channels / norm.groupWidth : 1;
}

/** Statistics of this batch (the running ones move) or, per image, of every image. */
export function lowerStatistics(
  { graph, batch, table, layers }: LoweringContext,
  { node }: NormUnit,
  x: TensorId,
): { call: KernelCall; vectors: NormVectors } {
  const layer = layerOf(layers, node.name);
  const { norm } = graph.spec;
  const { channels } = node.shape;
  const inputs = { x, gamma: layer.weight, beta: required(layer.bias, node.name) };
  const vector = (name: string, length: number) => table.temporary(`${node.name}.${name}`, length);
  if (norm.type === "batch") {
    const vectors = {
      mean: vector("mean", channels),
      invStd: vector("invStd", channels),
      scale: vector("scale", channels),
      shift: vector("shift", channels),
    };
    const call: KernelCall = {
      op: "batchNormStats",
      label: node.name,
      in: inputs,
      out: vectors,
      update: {
        runningMean: required(layer.runningMean, node.name),
        runningVar: required(layer.runningVar, node.name),
      },
      attrs: { ...matrixShape(batch, node.shape), epsilon: norm.epsilon, momentum: norm.momentum },
    };
    return { call, vectors };
  }
  const groups = groupsOf(norm, channels);
  const vectors = {
    mean: vector("mean", batch * groups),
    invStd: vector("invStd", batch * groups),
    scale: vector("scale", batch * channels),
    shift: vector("shift", batch * channels),
  };
  const call: KernelCall = {
    op: "groupNormStats",
    label: node.name,
    in: inputs,
    out: vectors,
    update: {},
    attrs: { ...mapsShape(batch, node.shape), groups, epsilon: norm.epsilon },
  };
  return { call, vectors };
}

/** Batch norm in evaluation: scale and shift from the running statistics. */
export function lowerFoldedNorm(
  { table, layers }: LoweringContext,
  { node }: NormUnit,
  epsilon: number,
): { call: KernelCall; vectors: Pick<NormVectors, "scale" | "shift"> } {
  const layer = layerOf(layers, node.name);
  const { channels } = node.shape;
  const vectors = {
    scale: table.temporary(`${node.name}.scale`, channels),
    shift: table.temporary(`${node.name}.shift`, channels),
  };
  const call: KernelCall = {
    op: "batchNormFold",
    label: node.name,
    in: {
      gamma: layer.weight,
      beta: required(layer.bias, node.name),
      runningMean: required(layer.runningMean, node.name),
      runningVar: required(layer.runningVar, node.name),
    },
    out: vectors,
    update: {},
    attrs: { channels, epsilon },
  };
  return { call, vectors };
}
