import { buildBlock, buildHead, buildStem } from "./build.ts";
import {
  type ConvAttrs,
  convCost,
  convShape,
  type LayerCost,
  type LayerSink,
  linearCost,
  type MapShape,
  normCost,
  type PoolAttrs,
  poolCost,
  poolShape,
} from "./layers.ts";
import { type Activation, isProxied, type NetworkSpec } from "./spec.ts";

/** flops, params and acts of a whole network, for one image. */
export type Complexity = LayerCost;

/**
 * Complexity as pycls counts it: the cost of every layer, added up. Blocks 2…d of a stage are identical, so one of them
 * is run and counted d − 1 times; no formula is written twice, and a network of any depth costs 2 blocks a stage.
 */
export function complexity(spec: NetworkSpec): Complexity {
  const sink = new CostSink(isProxied(spec.norm));
  let x = buildStem(spec, sink, spec.input);
  for (const stage of spec.stages) {
    sink.times = 1;
    x = buildBlock(stage, sink, x, "", stage.stride, spec.activation);
    sink.times = stage.depth - 1;
    if (stage.depth > 1) x = buildBlock(stage, sink, x, "", 1, spec.activation);
  }
  sink.times = 1;
  buildHead(spec, sink, x);
  return { flops: sink.flops, params: sink.params, acts: sink.acts };
}

/** Adds up costs; a feature map is only its shape. */
class CostSink implements LayerSink<MapShape> {
  flops = 0;
  params = 0;
  acts = 0;
  /** How often the layers that run now occur in the network. */
  times = 1;
  readonly proxied: boolean;

  constructor(proxied: boolean) {
    this.proxied = proxied;
  }

  conv(x: MapShape, _name: string, attrs: ConvAttrs): MapShape {
    this.count(convCost(x, attrs));
    return convShape(x, attrs);
  }

  norm(x: MapShape, _name: string, activation?: Activation): MapShape {
    this.count(normCost(x));
    if (this.proxied && activation !== undefined) this.count(normCost(x));
    return x;
  }

  activation(x: MapShape): MapShape {
    return x;
  }

  add(a: MapShape): MapShape {
    return a;
  }

  maxPool(x: MapShape, attrs: PoolAttrs): MapShape {
    this.count(poolCost(x, attrs));
    return poolShape(x, attrs);
  }

  globalPool(x: MapShape): MapShape {
    return { height: 1, width: 1, channels: x.channels };
  }

  scale(x: MapShape): MapShape {
    return x;
  }

  linear(x: MapShape, _name: string, units: number): MapShape {
    this.count(linearCost(x, units));
    return { height: 1, width: 1, channels: units };
  }

  channels(x: MapShape): number {
    return x.channels;
  }

  mark(): void {}

  private count(cost: LayerCost): void {
    this.flops += this.times * cost.flops;
    this.params += this.times * cost.params;
    this.acts += this.times * cost.acts;
  }
}
