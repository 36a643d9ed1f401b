import * as tf from "@tensorflow/tfjs";
import { groupedConvKernel } from "../../../src/engine/export/tfjs/designscape-layers.js";
import { buildLayersModel } from "../../../src/engine/export/tfjs/layers-model.ts";
import { shareDeviceWithTensorFlow } from "../../../src/engine/export/tfjs/webgpu-device.ts";
import type { NetworkSpec } from "../../../src/engine/network/spec.ts";

/** What the test of the TF.js bridge runs inside a page: TF.js with its three backends, and our models on them. */
export interface BridgePage {
  /** Logits of these images on a backend, and how often our grouped convolution kernel ran. */
  logits(
    backend: string,
    network: PlainNetwork,
  ): Promise<{ readonly logits: number[]; readonly kernelRuns: number }>;
  /** How many WebGPU devices were requested since the page was opened. */
  devices(): number;
}

/** JSON: what crosses into the page. */
export interface PlainNetwork {
  readonly spec: NetworkSpec;
  readonly state: readonly (readonly [string, readonly number[]])[];
  readonly images: readonly number[];
  readonly count: number;
}

let requested = 0;
let opened: Promise<void> | undefined;

/** A device requested by the page itself, as the engine would, then handed to TF.js. */
async function openDevice(): Promise<void> {
  const original = GPUAdapter.prototype.requestDevice;
  GPUAdapter.prototype.requestDevice = function (...args) {
    requested += 1;
    return original.apply(this, args);
  };
  const adapter = await navigator.gpu.requestAdapter();
  if (adapter === null) throw new Error("no WebGPU adapter");
  await shareDeviceWithTensorFlow(tf, await adapter.requestDevice(), adapter.info);
}

const page: BridgePage = {
  async logits(backend, { spec, state, images, count }) {
    if (backend === "webgpu") {
      opened ??= openDevice();
      await opened;
    }
    if (!(await tf.setBackend(backend))) throw new Error(`TF.js has no ${backend} here`);
    await tf.ready();
    const model = buildLayersModel(
      tf,
      spec,
      new Map(state.map(([name, values]) => [name, Float32Array.from(values)])),
    );
    const { height, width, channels } = spec.input;
    const x = tf.tensor4d(Float32Array.from(images), [count, height, width, channels]);
    const profile = await tf.profile(() => model.predict(x) as tf.Tensor);
    const y = profile.result as tf.Tensor;
    const logits = Array.from(await y.data());
    tf.dispose([x, y]);
    model.dispose();
    return { logits, kernelRuns: profile.kernels.filter(({ name }) => name === groupedConvKernel).length };
  },
  devices: () => requested,
};

(globalThis as { bridge?: BridgePage }).bridge = page;
