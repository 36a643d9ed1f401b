import type { Activation } from "./spec.ts";

/**
 * Blocks are written once, as programs over a LayerSink: the complexity fold, the graph builder and any later reader
 * (a drawing, an exporter) run the same program with another sink. T is the sink's idea of a feature map.
 */
export interface LayerSink<T> {
  /** k×k convolution padded by (k−1)/2 on every side; `groups` divides channels and filters. */
  conv(x: T, name: string, attrs: ConvAttrs): T;
  /**
   * The spec's norm and, where one follows it directly, the activation: a proxy-normalized norm takes the activation
   * into account (2106.03640), so that the two are told together.
   */
  norm(x: T, name: string, activation?: Activation): T;
  activation(x: T, kind: Activation | "sigmoid"): T;
  /**
   * skip + branch, of one shape. In training with stochastic depth (1603.09382) the branch of an image is left out at
   * random.
   */
  add(skip: T, branch: T): T;
  /** k×k max pool padded by (k−1)/2 with −∞. */
  maxPool(x: T, attrs: PoolAttrs): T;
  /** Mean over the map: H×W×C → 1×1×C. */
  globalPool(x: T): T;
  /** x · s, with s of shape 1×1×C (squeeze-and-excitation). */
  scale(x: T, s: T): T;
  /** Fully connected layer with bias on a 1×1×C map. */
  linear(x: T, name: string, units: number): T;
  channels(x: T): number;
  /**
   * Tells that x is the output of a part: "stem", a block "s1.b2", a stage "s1", or "head" for the logits. A sink
   * without use for it ignores it; the reference data holds these outputs by the same names.
   */
  mark(x: T, part: string): void;
}

export interface ConvAttrs {
  readonly filters: number;
  readonly kernel: number;
  readonly stride: number;
  readonly groups: number;
  readonly bias: boolean;
}

export interface PoolAttrs {
  readonly kernel: number;
  readonly stride: number;
}

/** A feature map of one image. */
export interface MapShape {
  readonly height: number;
  readonly width: number;
  readonly channels: number;
}

/** What one image costs in one layer, as pycls counts it. */
export interface LayerCost {
  /** Multiply-adds, plus one per output element of a layer with bias. */
  readonly flops: number;
  /** Trained weights and biases. */
  readonly params: number;
  /** Output elements, of convolutions, the final linear layer and max pools only. */
  readonly acts: number;
}

/** Side of a map after a stride: every layer is padded by (k−1)/2, so k does not matter for odd k. */
export function strided(side: number, stride: number): number {
  return Math.floor((side - 1) / stride) + 1;
}

export function convShape(x: MapShape, attrs: ConvAttrs): MapShape {
  return {
    height: strided(x.height, attrs.stride),
    width: strided(x.width, attrs.stride),
    channels: attrs.filters,
  };
}

export function convCost(x: MapShape, attrs: ConvAttrs): LayerCost {
  const elements = strided(x.height, attrs.stride) * strided(x.width, attrs.stride) * attrs.filters;
  const window = (attrs.kernel * attrs.kernel * x.channels) / attrs.groups;
  const biased = attrs.bias ? 1 : 0;
  return {
    flops: (window + biased) * elements,
    params: (window + biased) * attrs.filters,
    acts: elements,
  };
}

/** A norm's γ and β a channel; as many of a proxy, β̃ and γ̃. */
export function normCost(x: MapShape): LayerCost {
  return { flops: 0, params: 2 * x.channels, acts: 0 };
}

export function poolShape(x: MapShape, attrs: PoolAttrs): MapShape {
  return {
    height: strided(x.height, attrs.stride),
    width: strided(x.width, attrs.stride),
    channels: x.channels,
  };
}

export function poolCost(x: MapShape, attrs: PoolAttrs): LayerCost {
  const y = poolShape(x, attrs);
  return { flops: 0, params: 0, acts: y.height * y.width * y.channels };
}

export function linearCost(x: MapShape, units: number): LayerCost {
  return { flops: (x.channels + 1) * units, params: (x.channels + 1) * units, acts: units };
}
