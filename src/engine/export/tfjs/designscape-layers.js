/**
 * The two layers of Designscape's networks that TensorFlow.js does not have. They are composed from its own operations
 * and run on every backend. Load this script before a model that was saved by Designscape:
 *
 *     import * as tf from "@tensorflow/tfjs";
 *     import { registerDesignscapeLayers } from "./designscape-layers.js";
 *     registerDesignscapeLayers(tf);
 *     const model = await tf.loadLayersModel("model.json");
 */

/** A kernel of this name, registered for a backend, takes the place of the composed operations. */
export const groupedConvKernel = "DesignscapeGroupedConv2D";

/**
 * Makes both layers known to `tf.loadLayersModel`, and gives their classes.
 *
 * @param {typeof import("@tensorflow/tfjs")} tf
 */
export function registerDesignscapeLayers(tf) {
  /** @typedef {import("@tensorflow/tfjs").Tensor4D} Tensor4D */

  /**
   * Convolution of a k×k window in groups, NHWC, without bias, padded by (k − 1)/2 with zeros on every side. The kernel
   * is [k, k, channels/groups, filters]; filters g·F/G … (g + 1)·F/G − 1 see the channels of group g.
   */
  class GroupedConv2D extends tf.layers.Layer {
    static className = "DesignscapeGroupedConv2D";

    /** @param {{ name?: string, filters: number, kernelSize: number, strides: number, groups: number }} config */
    constructor(config) {
      super(/** @type {any} */ (config));
      this.filters = config.filters;
      this.kernelSize = config.kernelSize;
      this.strides = config.strides;
      this.groups = config.groups;
    }

    /** @override @param {any} inputShape */
    build(inputShape) {
      const channels = /** @type {number} */ (inputShape[3]);
      const { filters, kernelSize, groups } = this;
      if (channels % groups !== 0 || filters % groups !== 0)
        throw new Error(
          `${this.name}: ${groups} groups do not divide ${channels} channels and ${filters} filters`,
        );
      const shape = [kernelSize, kernelSize, channels / groups, filters];
      this.kernel = this.addWeight("kernel", shape, "float32", tf.initializers.zeros());
      super.build(inputShape);
    }

    /** @override @param {any} inputShape */
    computeOutputShape(inputShape) {
      const [batch, height, width] = inputShape;
      const side = (/** @type {number | null} */ n) =>
        n === null ? null : Math.floor((n - 1) / this.strides) + 1;
      return [batch, side(height), side(width), this.filters];
    }

    /** @override @param {any} inputs */
    call(inputs) {
      const x = /** @type {Tensor4D} */ (Array.isArray(inputs) ? inputs[0] : inputs);
      const kernel = /** @type {Tensor4D} */ (/** @type {any} */ (this.kernel).read());
      const { groups, strides } = this;
      const pad = (this.kernelSize - 1) / 2;
      if (tf.getKernel(groupedConvKernel, tf.getBackend()) !== undefined)
        return tf.engine().runKernel(groupedConvKernel, { x, kernel }, { groups, strides, pad });
      return tf.tidy(() => groupedConv(x, kernel, { groups, strides, pad }));
    }

    /** @override */
    getConfig() {
      const { filters, kernelSize, strides, groups } = this;
      return { ...super.getConfig(), filters, kernelSize, strides, groups };
    }
  }

  /**
   * As many operations as there are groups or channels in a group, whichever are fewer: a convolution of every group, or
   * a depthwise convolution of the j-th channels of all groups for every j, summed.
   *
   * @param {Tensor4D} x
   * @param {Tensor4D} kernel
   * @param {{ groups: number, strides: number, pad: number }} attrs
   * @returns {import("@tensorflow/tfjs").Tensor}
   */
  function groupedConv(x, kernel, { groups, strides, pad }) {
    const [height, width, depth, filters] = kernel.shape;
    const [batch, rows, columns, channels] = x.shape;
    if (groups <= depth) {
      const kernels = tf.split(kernel, groups, 3);
      const maps = /** @type {Tensor4D[]} */ (tf.split(x, groups, 3));
      return tf.concat(
        maps.map((map, g) => tf.conv2d(map, /** @type {Tensor4D} */ (kernels[g]), strides, pad)),
        3,
      );
    }
    const size = /** @type {[number, number, number, number]} */ ([height, width, groups, filters / groups]);
    const terms = Array.from({ length: depth }, (_, j) => {
      const map = tf.stridedSlice(x, [0, 0, 0, j], [batch, rows, columns, channels], [1, 1, 1, depth]);
      const filter = tf.slice(kernel, [0, 0, j, 0], [height, width, 1, filters]).reshape(size);
      return tf.depthwiseConv2d(
        /** @type {Tensor4D} */ (map),
        /** @type {Tensor4D} */ (filter),
        strides,
        pad,
      );
    });
    return terms.length === 1 ? /** @type {Tensor4D} */ (terms[0]) : tf.addN(terms);
  }

  /**
   * Group norm: every image is normalized over its pixels and the channels of a group, then scaled and shifted per
   * channel. One group is layer norm.
   */
  class GroupNorm extends tf.layers.Layer {
    static className = "DesignscapeGroupNorm";

    /** @param {{ name?: string, groups: number, epsilon: number }} config */
    constructor(config) {
      super(/** @type {any} */ (config));
      this.groups = config.groups;
      this.epsilon = config.epsilon;
    }

    /** @override @param {any} inputShape */
    build(inputShape) {
      const channels = /** @type {number} */ (inputShape[3]);
      if (channels % this.groups !== 0)
        throw new Error(`${this.name}: ${this.groups} groups do not divide ${channels} channels`);
      this.gamma = this.addWeight("gamma", [channels], "float32", tf.initializers.ones());
      this.beta = this.addWeight("beta", [channels], "float32", tf.initializers.zeros());
      super.build(inputShape);
    }

    /** @override @param {any} inputShape */
    computeOutputShape(inputShape) {
      return inputShape;
    }

    /** @override @param {any} inputs */
    call(inputs) {
      const x = /** @type {Tensor4D} */ (Array.isArray(inputs) ? inputs[0] : inputs);
      return tf.tidy(() => {
        const [batch, height, width, channels] = x.shape;
        const grouped = x.reshape([batch, height * width, this.groups, channels / this.groups]);
        const { mean, variance } = tf.moments(grouped, [1, 3], true);
        const normalized = grouped.sub(mean).mul(tf.rsqrt(variance.add(this.epsilon)));
        const gamma = /** @type {any} */ (this.gamma).read();
        const beta = /** @type {any} */ (this.beta).read();
        return normalized.reshape(x.shape).mul(gamma).add(beta);
      });
    }

    /** @override */
    getConfig() {
      return { ...super.getConfig(), groups: this.groups, epsilon: this.epsilon };
    }
  }

  tf.serialization.registerClass(GroupedConv2D);
  tf.serialization.registerClass(GroupNorm);
  return { GroupedConv2D, GroupNorm };
}
