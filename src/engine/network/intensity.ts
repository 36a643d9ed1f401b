import { buildNetwork } from "./build.ts";
import {
  type ConvAttrs,
  convCost,
  convShape,
  type LayerSink,
  linearCost,
  type MapShape,
  normCost,
  type PoolAttrs,
  poolShape,
} from "./layers.ts";
import type { NetworkSpec } from "./spec.ts";

/** What a layer computes and moves in one forward pass, for a whole batch. */
export interface LayerTraffic {
  /** The state dict's name, or the kind of a layer without parameters. */
  readonly name: string;
  /** Multiply-adds. */
  readonly flops: number;
  /** Bytes read and written, every layer by itself. */
  readonly bytes: number;
  /** Bytes when norms, activations, sums and scales run inside the layer that makes their input. */
  readonly fusedBytes: number;
}

/** Multiply-adds per byte moved: low where memory is the limit, high where arithmetic is. */
export interface Intensity {
  readonly layers: readonly LayerTraffic[];
  readonly flops: number;
  readonly bytes: number;
  readonly fusedBytes: number;
  /** flops / bytes. */
  readonly intensity: number;
  /** flops / fusedBytes. */
  readonly fusedIntensity: number;
}

/** Bytes of a float32. */
const elementBytes = 4;

/**
 * Arithmetic intensity of a forward pass (as in Dollár et al. 2021, arXiv:2103.06877, §3: run time follows the memory
 * traffic of activations more than flops). Every layer reads its inputs and weights and writes its output once; weights
 * are read once a batch. Fused, a layer without weights costs only what it reads besides its main input.
 */
export function arithmeticIntensity(spec: NetworkSpec, batch: number): Intensity {
  const sink = new TrafficSink(batch);
  buildNetwork(spec, sink, spec.input);
  const sum = (of: (layer: LayerTraffic) => number) =>
    sink.layers.reduce((total, layer) => total + of(layer), 0);
  const flops = sum((layer) => layer.flops);
  const bytes = sum((layer) => layer.bytes);
  const fusedBytes = sum((layer) => layer.fusedBytes);
  return {
    layers: sink.layers,
    flops,
    bytes,
    fusedBytes,
    intensity: flops / bytes,
    fusedIntensity: flops / fusedBytes,
  };
}

class TrafficSink implements LayerSink<MapShape> {
  readonly layers: LayerTraffic[] = [];
  readonly #batch: number;

  constructor(batch: number) {
    this.#batch = batch;
  }

  conv(x: MapShape, name: string, attrs: ConvAttrs): MapShape {
    const y = convShape(x, attrs);
    const { flops, params } = convCost(x, attrs);
    this.#main(name, flops, elements(x) + elements(y), params);
    return y;
  }

  norm(x: MapShape, name: string): MapShape {
    const { params } = normCost(x);
    this.#fusible(name, 2 * elements(x), 0, params);
    return x;
  }

  activation(x: MapShape, kind: string): MapShape {
    this.#fusible(kind, 2 * elements(x), 0, 0);
    return x;
  }

  add(a: MapShape, b: MapShape): MapShape {
    this.#fusible("add", 2 * elements(a) + elements(b), elements(b), 0);
    return a;
  }

  maxPool(x: MapShape, attrs: PoolAttrs): MapShape {
    const y = poolShape(x, attrs);
    this.#main("maxPool", 0, elements(x) + elements(y), 0);
    return y;
  }

  globalPool(x: MapShape): MapShape {
    const y = { height: 1, width: 1, channels: x.channels };
    this.#main("globalPool", 0, elements(x) + elements(y), 0);
    return y;
  }

  scale(x: MapShape, s: MapShape): MapShape {
    this.#fusible("scale", 2 * elements(x) + elements(s), elements(s), 0);
    return x;
  }

  linear(x: MapShape, name: string, units: number): MapShape {
    const { flops, params } = linearCost(x, units);
    this.#main(name, flops, elements(x) + units, params);
    return { height: 1, width: 1, channels: units };
  }

  channels(x: MapShape): number {
    return x.channels;
  }

  mark(): void {}

  #main(name: string, flops: number, moved: number, params: number): void {
    const bytes = elementBytes * (this.#batch * moved + params);
    this.layers.push({ name, flops: this.#batch * flops, bytes, fusedBytes: bytes });
  }

  #fusible(name: string, moved: number, movedFused: number, params: number): void {
    const bytesOf = (perImage: number) => elementBytes * (this.#batch * perImage + params);
    this.layers.push({ name, flops: 0, bytes: bytesOf(moved), fusedBytes: bytesOf(movedFused) });
  }
}

function elements({ height, width, channels }: MapShape): number {
  return height * width * channels;
}
