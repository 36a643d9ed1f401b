import { buildGraph } from "../graph/build.ts";
import type { NetworkSpec } from "../network/spec.ts";
import type { TensorId } from "./call.ts";
import { type KernelCall, readsOf, writesOf } from "./calls.ts";
import { compilePlan, defaultOptimizer } from "./compile.ts";
import type { Plan } from "./plan.ts";

/** What kernel calls compute and move. */
export interface Traffic {
  /** Multiply-adds of convolutions and linear layers. */
  readonly macs: number;
  /** Bytes of all operands, each counted once per call that reads or writes it: no cache, no reuse between calls. */
  readonly bytes: number;
}

export interface LayerTraffic extends Traffic {
  /** pycls' name of the layer, e.g. "s1.b1.f.a"; a convolution's norm is a layer of its own. */
  readonly layer: string;
}

/** Multiply-adds per byte moved: below a machine's own ratio of arithmetic to bandwidth, memory sets the speed. */
export interface Intensity {
  readonly layers: readonly LayerTraffic[];
  readonly total: Traffic;
}

export type Pass = "inference" | "training";

/**
 * Traffic of one inference or one training step of a batch, layer by layer.
 * @param fuse whether norm, residual sum and activation are one pass over memory, as the executors run them.
 */
export function intensity(spec: NetworkSpec, batch: number, pass: Pass, fuse: boolean): Intensity {
  const plan = compilePlan(buildGraph(spec), { batch, optimizer: defaultOptimizer, fuse });
  return intensityOf(plan, pass);
}

/** @param halves tensors that are stored as float16. */
export function intensityOf(plan: Plan, pass: Pass, halves?: ReadonlySet<TensorId>): Intensity {
  const layers = new Map<string, Traffic>();
  let total: Traffic = { macs: 0, bytes: 0 };
  for (const call of pass === "training" ? plan.train : plan.evaluate) {
    const traffic = trafficOf(call, plan, halves);
    layers.set(call.label, sum(layers.get(call.label), traffic));
    total = sum(total, traffic);
  }
  return { layers: [...layers].map(([layer, traffic]) => ({ layer, ...traffic })), total };
}

export function macsPerByte({ macs, bytes }: Traffic): number {
  return bytes === 0 ? 0 : macs / bytes;
}

/** @param halves tensors that are stored as float16. */
export function trafficOf(
  call: KernelCall,
  { tensors }: Pick<Plan, "tensors">,
  halves: ReadonlySet<TensorId> = new Set(),
): Traffic {
  const bytesOf = (id: TensorId) => (halves.has(id) ? 2 : 4) * (tensors[id]?.length ?? 0);
  const bytes = [...readsOf(call), ...writesOf(call)].reduce((sum, id) => sum + bytesOf(id), 0);
  return { macs: macsOf(call), bytes };
}

function macsOf(call: KernelCall): number {
  switch (call.op) {
    case "conv2d":
    case "conv2dInputGrad":
    case "conv2dFilterGrad": {
      const { batch, outHeight, outWidth, filters, kernel, channels, groups } = call.attrs;
      return (batch * outHeight * outWidth * filters * kernel * kernel * channels) / groups;
    }
    case "squeezeExcite":
    case "squeezeExciteGrad": {
      const { batch, channels, squeezed } = call.attrs;
      return 2 * batch * channels * squeezed * (call.op === "squeezeExcite" ? 1 : 2);
    }
    default:
      return 0;
  }
}

function sum(a: Traffic | undefined, b: Traffic): Traffic {
  return { macs: (a?.macs ?? 0) + b.macs, bytes: (a?.bytes ?? 0) + b.bytes };
}
