import type * as Tfjs from "@tensorflow/tfjs";
import { type ImageSet, loadDataset } from "../../../engine/data/loader.ts";
import type { ShardSource } from "../../../engine/data/shard-source.ts";
import { buildLayersModel, type TensorFlow } from "../../../engine/export/tfjs/layers-model.ts";
import { networkInput } from "../../../engine/export/tfjs/network-input.ts";
import { zipLayersModel } from "../../../engine/export/tfjs/save-model.ts";
import type { ModelState } from "../../../engine/runtime/executor.ts";
import type { Handlers, RpcServer } from "../../../engine/runtime/worker/rpc.ts";
import {
  type LatencyBackend,
  type LatencyKey,
  latencyKey,
  latencySpreadKey,
} from "../../../engine/sweep/latency-key.ts";
import type { SweepStore } from "../../../engine/sweep/store/store.ts";
import { findBackends } from "./backends.ts";
import { measureLatency } from "./latency.ts";
import type {
  Guess,
  InspectEvents,
  InspectedTrial,
  InspectRequests,
  Latency,
  OpenedModel,
} from "./protocol.ts";

/** What an inspector is made of; a worker supplies the real ones. */
export interface InspectorParts {
  readonly store: Pick<SweepStore, "weightsOf" | "measured">;
  readonly loadTensorFlow: () => Promise<TensorFlow>;
  readonly sourceAt: (base: string) => ShardSource;
  /** Text of designscape-layers.js. */
  readonly layersScript: string;
}

interface Opened {
  readonly tf: TensorFlow;
  readonly trial: InspectedTrial;
  readonly state: ModelState;
  readonly test: ImageSet;
}

/** Images that are classified at once; few enough that the first ones are seen soon. */
const batch = 64;
const shownGuesses = 3;

/** One trained network in TF.js. TF.js has one backend at a time for all it does, so requests take turns. */
export class Inspector {
  readonly #parts: InspectorParts;
  readonly #emit: RpcServer<InspectEvents>["emit"];
  #opened: Opened | undefined;
  #model: { readonly backend: LatencyBackend; readonly layers: Tfjs.LayersModel } | undefined;
  #turn: Promise<unknown> = Promise.resolve();
  /** Counts calls of classify: only the latest one goes on. */
  #classification = 0;

  constructor(parts: InspectorParts, emit: RpcServer<InspectEvents>["emit"]) {
    this.#parts = parts;
    this.#emit = emit;
  }

  get handlers(): Handlers<InspectRequests> {
    return {
      open: (trial) => this.#inTurn(() => this.#open(trial)),
      classify: (backend) => {
        this.#classification += 1;
        const own = this.#classification;
        return this.#inTurn(() => this.#classify(backend, own));
      },
      measure: (key) => this.#inTurn(() => this.#measure(key)),
      save: () => this.#inTurn(() => this.#save()),
    };
  }

  #inTurn<T>(work: () => Promise<T>): Promise<T> {
    const turn = this.#turn.then(work);
    this.#turn = turn.catch(() => {});
    return turn;
  }

  async #open(trial: InspectedTrial): Promise<OpenedModel> {
    const { store, sourceAt, loadTensorFlow } = this.#parts;
    const kept = await store.weightsOf(trial.id);
    if (kept === undefined)
      throw new Error(
        "its weights are not kept: it was trained before this browser kept weights, or they made room for those of later networks. Train it again to inspect it.",
      );
    const options = { source: sourceAt(trial.base), trainImages: 0, testImages: trial.testImages };
    const [tf, { test, manifest }] = await Promise.all([
      loadTensorFlow(),
      loadDataset(trial.dataset, options),
    ]);
    tf.enableProdMode();
    const { state, epoch } = kept;
    this.#opened = { tf, trial, state, test };
    return { classes: manifest.classes, shape: manifest.shape, epoch, backends: await findBackends(tf) };
  }

  async #classify(backend: LatencyBackend, own: number): Promise<boolean> {
    const { test } = this.#theOpened();
    const elements = test.shape[0] * test.shape[1] * test.shape[2];
    for (let from = 0; from < test.count; from += batch) {
      if (own !== this.#classification) return false;
      const count = Math.min(batch, test.count - from);
      const logits = await this.#predict(backend, this.#input(from, count), count);
      this.#emit("classified", {
        backend,
        from,
        labels: test.labels.slice(from, from + count),
        pixels: test.images.slice(from * elements, (from + count) * elements),
        guesses: Array.from({ length: count }, (_, n) => guessesOf(logits, n, logits.length / count)),
      });
    }
    return true;
  }

  async #measure(key: LatencyKey): Promise<Latency> {
    const { trial } = this.#theOpened();
    const images = this.#input(0, key.batch);
    const latency = await measureLatency(
      async () => void (await this.#predict(key.backend, images, key.batch)),
    );
    await this.#parts.store.measured(trial.id, {
      [latencyKey(key)]: latency.median,
      [latencySpreadKey(key)]: latency.spread,
    });
    return latency;
  }

  #save(): Promise<Uint8Array<ArrayBuffer>> {
    const { tf, trial, state, test } = this.#theOpened();
    const { classes, mean, std } = test;
    const use = { name: trial.name, classes, mean, std };
    return zipLayersModel(tf, { spec: trial.spec, state }, use, this.#parts.layersScript);
  }

  /** Consecutive test images as the network takes them; behind the last one comes the first. */
  #input(from: number, count: number): Float32Array {
    const { trial, test } = this.#theOpened();
    const indices = Uint32Array.from({ length: count }, (_, n) => (from + n) % test.count);
    return networkInput(test, trial.spec, indices);
  }

  /** Logits of so many images. */
  async #predict(backend: LatencyBackend, values: Float32Array, count: number): Promise<Float32Array> {
    const { tf, trial } = this.#theOpened();
    const model = await this.#modelOn(backend);
    const { height, width, channels } = trial.spec.input;
    const images = tf.tensor4d(values, [count, height, width, channels]);
    const logits = model.predict(images) as Tfjs.Tensor;
    try {
      return (await logits.data<"float32">()) as Float32Array;
    } finally {
      tf.dispose([images, logits]);
    }
  }

  /** Built anew on another backend: a tensor lives on the backend that was in use when it was made. */
  async #modelOn(backend: LatencyBackend): Promise<Tfjs.LayersModel> {
    if (this.#model?.backend === backend) return this.#model.layers;
    const { tf, trial, state } = this.#theOpened();
    this.#model?.layers.dispose();
    this.#model = undefined;
    if (!(await tf.setBackend(backend))) throw new Error(`TF.js' ${backend} backend does not start here`);
    this.#model = { backend, layers: buildLayersModel(tf, trial.spec, state) };
    return this.#model.layers;
  }

  #theOpened(): Opened {
    if (this.#opened === undefined) throw new Error("no network is open");
    return this.#opened;
  }
}

/** The likeliest classes of image n by softmax. */
function guessesOf(logits: Float32Array, n: number, classes: number): Guess[] {
  const own = logits.subarray(n * classes, (n + 1) * classes);
  const largest = own.reduce((max, value) => Math.max(max, value), Number.NEGATIVE_INFINITY);
  const powers = Array.from(own, (value) => Math.exp(value - largest));
  const sum = powers.reduce((total, power) => total + power, 0);
  return powers
    .map((power, label) => ({ label, probability: power / sum }))
    .sort((a, b) => b.probability - a.probability)
    .slice(0, shownGuesses);
}
