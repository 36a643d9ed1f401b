import type { NetworkSpec } from "../../../engine/network/spec.ts";
import type { LatencyBackend, LatencyKey } from "../../../engine/sweep/latency-key.ts";

/** Every request that the page may make of an inspector: a worker that holds one trained network in TF.js. */
export type InspectRequests = {
  /** Loads TF.js, the trial's weights and the test images. */
  open(trial: InspectedTrial): OpenedModel;
  /**
   * Classifies all test images; they arrive as `classified` events. Another call ends this one early: true if it came
   * to its end.
   */
  classify(backend: LatencyBackend): boolean;
  /** Measures and records with the trial; resolves when both are done. */
  measure(key: LatencyKey): Latency;
  /** A zip archive for tf.loadLayersModel. */
  save(): Uint8Array<ArrayBuffer>;
};

export type InspectEvents = {
  classified: ClassifiedBatch;
};

export interface InspectedTrial {
  readonly id: string;
  readonly name: string;
  readonly spec: NetworkSpec;
  readonly dataset: string;
  readonly testImages: number;
  /** The page's address; data lie beside it. */
  readonly base: string;
}

export interface OpenedModel {
  readonly classes: readonly string[];
  readonly shape: readonly [height: number, width: number, channels: number];
  /** The epoch whose weights these are; undefined in those kept by earlier programs: the last one. */
  readonly epoch: number | undefined;
  /** Best first. */
  readonly backends: readonly BackendInfo[];
}

export interface BackendInfo {
  readonly name: LatencyBackend;
  /** What it runs on, as the browser tells; empty where it does not. */
  readonly device: string;
  /** A GPU that the processor plays: far slower than a real one, often than the cpu backend. */
  readonly emulated: boolean;
}

/** Images one behind the other, with what the network makes of them. */
export interface ClassifiedBatch {
  readonly backend: LatencyBackend;
  /** Index of the first one in the test set. */
  readonly from: number;
  readonly labels: Uint8Array;
  /** NHWC bytes. */
  readonly pixels: Uint8Array;
  /** The likeliest classes of every image, best first. */
  readonly guesses: readonly (readonly Guess[])[];
}

export interface Guess {
  readonly label: number;
  readonly probability: number;
}

/** Milliseconds from the images in memory to the logits in memory. */
export interface Latency {
  readonly median: number;
  /** Between the quartiles. */
  readonly spread: number;
  readonly runs: number;
}
