import type * as Tfjs from "@tensorflow/tfjs";
import { InputError } from "../../math/input-error.ts";
import { buildNetwork } from "../../network/build.ts";
import type { ConvAttrs, LayerSink, PoolAttrs } from "../../network/layers.ts";
import type { Activation, NetworkSpec } from "../../network/spec.ts";
import { groupsOf } from "../../plan/norms.ts";
import type { ModelState } from "../../runtime/executor.ts";
import { registerDesignscapeLayers } from "./designscape-layers.js";
import { proxyMoments } from "./proxy-moments.ts";

/** TensorFlow.js; handed in, because whoever needs a model loads it on demand. */
export type TensorFlow = typeof Tfjs;

type Layer = Tfjs.layers.Layer;

/** Values of one weight of a layer, in the layer's own shape. */
type Values = Float32Array;

/** A layer's weights in the order of its `setWeights`. */
interface Assignment {
  readonly layer: Layer;
  readonly values: readonly Values[];
}

/**
 * A trained network as a LayersModel: NHWC images, normalized as in training, to logits. Evaluation only: running
 * statistics instead of a batch's, no stochastic depth. Layers bear pycls' names. Grouped convolutions and norms per image
 * are layers of `designscape-layers.js`; everything else is TensorFlow.js' own, proxy normalization included, whose
 * moments depend on weights alone (arXiv:2106.03640).
 *
 * @param state every parameter and running statistic, in the plan's layouts, which are TensorFlow.js' own
 * @throws InputError naming the tensor that is missing or has another size
 */
export function buildLayersModel(tf: TensorFlow, spec: NetworkSpec, state: ModelState): Tfjs.LayersModel {
  const sink = new LayersSink(tf, spec, state);
  const { height, width, channels } = spec.input;
  const input = tf.input({ shape: [height, width, channels], name: "images" });
  const logits = buildNetwork(spec, sink, input);
  const model = tf.model({ inputs: input, outputs: logits, name: "designscape" });
  for (const { layer, values } of sink.assignments) {
    const tensors = layer.getWeights().map((weight, i) => tf.tensor(values[i]!, weight.shape));
    layer.setWeights(tensors);
    tf.dispose(tensors);
  }
  return model;
}

class LayersSink implements LayerSink<Tfjs.SymbolicTensor> {
  readonly assignments: Assignment[] = [];
  readonly #tf: TensorFlow;
  readonly #spec: NetworkSpec;
  readonly #state: ModelState;
  readonly #own: ReturnType<typeof registerDesignscapeLayers>;
  #unnamed = 0;

  constructor(tf: TensorFlow, spec: NetworkSpec, state: ModelState) {
    this.#tf = tf;
    this.#spec = spec;
    this.#state = state;
    this.#own = registerDesignscapeLayers(tf);
  }

  conv(x: Tfjs.SymbolicTensor, name: string, attrs: ConvAttrs): Tfjs.SymbolicTensor {
    const { filters, kernel, stride, groups, bias } = attrs;
    const channels = this.channels(x);
    const weight = this.#values(`${name}.weight`, (kernel * kernel * channels * filters) / groups);
    const weights = bias ? [weight, this.#values(`${name}.bias`, filters)] : [weight];
    const window = { name, kernelSize: kernel, strides: stride, useBias: bias };
    // "same" pads a stride on the far side only; training pads both sides alike.
    const same = stride === 1 || kernel === 1;
    const padding = same ? "same" : "valid";
    const zeros = "zeros" as const;
    const { layers } = this.#tf;
    if (groups === 1) {
      const layer = layers.conv2d({ ...window, filters, padding, kernelInitializer: zeros });
      return this.#apply(layer, same ? x : this.#pad(x, kernel), weights);
    }
    if (groups === channels && filters % channels === 0) {
      const depthMultiplier = filters / channels;
      const layer = layers.depthwiseConv2d({
        ...window,
        depthMultiplier,
        padding,
        depthwiseInitializer: zeros,
      });
      return this.#apply(layer, same ? x : this.#pad(x, kernel), weights);
    }
    if (bias) throw new Error(`${name}: a grouped convolution with bias is not there`);
    const { GroupedConv2D } = this.#own;
    return this.#apply(
      new GroupedConv2D({ name, filters, kernelSize: kernel, strides: stride, groups }),
      x,
      weights,
    );
  }

  norm(x: Tfjs.SymbolicTensor, name: string, activation?: Activation): Tfjs.SymbolicTensor {
    const { norm } = this.#spec;
    const channels = this.channels(x);
    const vector = (part: string) => this.#values(`${name}.${part}`, channels);
    const [gamma, beta] = [vector("weight"), vector("bias")];
    const { epsilon } = norm;
    const normalized =
      norm.type === "batch"
        ? this.#apply(this.#tf.layers.batchNormalization({ name, epsilon }), x, [
            gamma,
            beta,
            vector("running_mean"),
            vector("running_var"),
          ])
        : this.#apply(new this.#own.GroupNorm({ name, epsilon, groups: groupsOf(norm, channels) }), x, [
            gamma,
            beta,
          ]);
    if (activation === undefined) return normalized;
    const activated = this.activation(normalized, activation);
    if (norm.type === "batch" || norm.proxyEpsilon === null) return activated;
    const proxy = `${name}_proxy`;
    const { mean, variance } = proxyMoments(activation, {
      gamma,
      beta,
      proxyScale: this.#values(`${proxy}.weight`, channels),
      proxyShift: this.#values(`${proxy}.bias`, channels),
    });
    const fixed = { name: proxy, epsilon: norm.proxyEpsilon, center: false, scale: false };
    return this.#apply(this.#tf.layers.batchNormalization(fixed), activated, [mean, variance]);
  }

  activation(x: Tfjs.SymbolicTensor, kind: Activation | "sigmoid"): Tfjs.SymbolicTensor {
    const activation = kind === "silu" ? "swish" : kind;
    return this.#apply(this.#tf.layers.activation({ name: this.#next(kind), activation }), x);
  }

  add(skip: Tfjs.SymbolicTensor, branch: Tfjs.SymbolicTensor): Tfjs.SymbolicTensor {
    return this.#apply(this.#tf.layers.add({ name: this.#next("add") }), [skip, branch]);
  }

  maxPool(x: Tfjs.SymbolicTensor, { kernel, stride }: PoolAttrs): Tfjs.SymbolicTensor {
    const { layers } = this.#tf;
    // "same" at stride 1 pads both sides alike, and with −∞; every stride-th value of it is the strided pool.
    const dense = layers.maxPooling2d({
      name: this.#next("pool"),
      poolSize: kernel,
      strides: 1,
      padding: "same",
    });
    const pooled = this.#apply(dense, x);
    if (stride === 1) return pooled;
    const thin = layers.maxPooling2d({ name: this.#next("every"), poolSize: 1, strides: stride });
    return this.#apply(thin, pooled);
  }

  globalPool(x: Tfjs.SymbolicTensor): Tfjs.SymbolicTensor {
    const { layers } = this.#tf;
    const mean = this.#apply(
      layers.globalAveragePooling2d({ name: this.#next("mean"), dataFormat: "channelsLast" }),
      x,
    );
    const targetShape = [1, 1, this.channels(x)];
    return this.#apply(layers.reshape({ name: this.#next("map"), targetShape }), mean);
  }

  scale(x: Tfjs.SymbolicTensor, s: Tfjs.SymbolicTensor): Tfjs.SymbolicTensor {
    return this.#apply(this.#tf.layers.multiply({ name: this.#next("scale") }), [x, s]);
  }

  linear(x: Tfjs.SymbolicTensor, name: string, units: number): Tfjs.SymbolicTensor {
    const { layers } = this.#tf;
    const flat = this.#apply(layers.flatten({ name: this.#next("flat") }), x);
    const weights = [
      this.#values(`${name}.weight`, this.channels(x) * units),
      this.#values(`${name}.bias`, units),
    ];
    return this.#apply(layers.dense({ name, units, kernelInitializer: "zeros" }), flat, weights);
  }

  channels(x: Tfjs.SymbolicTensor): number {
    return x.shape.at(-1) ?? 0;
  }

  mark(): void {}

  /** (k − 1)/2 zeros on every side, for a strided window. A window never reads more than the last stride leaves over. */
  #pad(x: Tfjs.SymbolicTensor, kernel: number): Tfjs.SymbolicTensor {
    const side = (kernel - 1) / 2;
    const padding: [[number, number], [number, number]] = [
      [side, side],
      [side, side],
    ];
    return this.#apply(this.#tf.layers.zeroPadding2d({ name: this.#next("pad"), padding }), x);
  }

  #apply(
    layer: Layer,
    x: Tfjs.SymbolicTensor | Tfjs.SymbolicTensor[],
    values: readonly Values[] = [],
  ): Tfjs.SymbolicTensor {
    const y = layer.apply(x) as Tfjs.SymbolicTensor;
    if (values.length > 0) this.assignments.push({ layer, values });
    return y;
  }

  #values(name: string, length: number): Values {
    const values = this.#state.get(name);
    const problem =
      values === undefined
        ? "missing"
        : values.length === length
          ? undefined
          : `${values.length} values; the network has ${length}`;
    if (values === undefined || problem !== undefined)
      throw new InputError([{ path: `weights, tensor ${name}`, message: problem ?? "missing" }]);
    return Float32Array.from(values);
  }

  #next(op: string): string {
    this.#unnamed += 1;
    return `${op}_${this.#unnamed}`;
  }
}
