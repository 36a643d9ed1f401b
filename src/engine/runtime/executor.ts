import type { TensorId } from "../plan/call.ts";
import type { KernelCall } from "../plan/calls.ts";
import type { Fusions } from "../plan/fusion.ts";
import type { Plan } from "../plan/plan.ts";

/**
 * The contract of an executor: something that runs plans. A stranger can write another one from this file and
 * plan/calls.ts. Implementations are imported by registry.ts alone.
 *
 * Promises:
 * - A session's results depend on the plan, the initial state, the batches and the learning rates only; the same calls
 *   twice on one executor give the same bits.
 * - Methods of one session are called one at a time, each after the last one's promise has settled.
 * - What a method allocates, dispose() frees. A session that failed can still be disposed.
 * - Errors are ExecutorErrors: `code` for programs, the message for people.
 */
export interface Executor {
  readonly kind: ExecutorKind;
  /** What it runs on, for records: e.g. "wasm relaxed-simd, 1 thread". */
  readonly device: string;
  /** How many threads share the work, where that can be chosen. */
  readonly threads?: number;
  /** Why it is not all that was asked for, in words for people. */
  readonly note?: string;
  /** What plans for it fuse, where that is not the default. */
  readonly fusions?: Fusions;
  /** What load() would take for a plan, where that is known before; nothing is allocated (room.ts). */
  room?(plan: Plan): Room;
  /** Makes images resident, once for all sessions. Held until dispose() of the handle or of the executor. */
  attach(images: ResidentImages): Promise<ImageHandle>;
  /**
   * Allocates the plan's buffers and prepares its calls. `state` gives every parameter and running statistic; momenta and
   * moving averages too, where it is a checkpoint.
   */
  load(plan: Plan, state: ModelState): Promise<Session>;
  dispose(): Promise<void>;
}

/** Bytes. */
export interface Room {
  readonly needed: number;
  /** With what is allocated now. */
  readonly available: number;
  /** What the bytes are of, where not all of the plan's, e.g. "one buffer". */
  readonly within?: string;
}

export type ExecutorKind = "reference" | "wasm" | "webgpu";

export const executorKinds: readonly ExecutorKind[] = ["reference", "wasm", "webgpu"];

/** Images as bytes, NHWC, and a label each. Structurally an ImageSet of engine/data. */
export interface ResidentImages {
  readonly shape: readonly [height: number, width: number, channels: number];
  readonly count: number;
  /** count·H·W·C bytes. */
  readonly images: Uint8Array;
  /** count bytes. */
  readonly labels: Uint8Array;
  /** Per channel, of pixels scaled to 0–1; what the input op normalizes with. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

export interface ImageHandle {
  readonly count: number;
  readonly shape: ResidentImages["shape"];
  /** H·W·C bytes of an image, to be read at once: not written to, and not kept over another call of the executor. */
  pixelsOf(image: number): Uint8Array;
  dispose(): void;
}

/**
 * Values in the PLAN's layouts (filters [k, k, C/G, K]), by parameter or statistic name. A checkpoint also has
 * "momentum:" + a parameter's name, and "ema:" + a parameter's or statistic's name where the plan keeps averages.
 */
export type ModelState = ReadonlyMap<string, Float32Array | Float64Array>;

/** Where a batch comes from: rows of a resident set, or values given outright (goldens, single pictures). */
export type Batch =
  /** Up to plan.batch indices; fewer only in evaluate(). Images may have any size, but the network's channels. */
  | {
      readonly from: "resident";
      readonly images: ImageHandle;
      readonly indices: Uint32Array;
      readonly transforms?: BatchTransforms;
    }
  /** images: batch·H·W·C normalized values, NHWC; targets: batch·classes soft labels. */
  | {
      readonly from: "values";
      readonly images: Float32Array | Float64Array;
      readonly targets: Float32Array | Float64Array;
    };

/**
 * What is done to the images of a batch on their way in; what is left out does nothing. plan/calls.ts (Gather) says exactly
 * what every number means; input-rows.ts writes them as the rows that the call reads.
 */
export interface BatchTransforms {
  /**
   * [a, b, tx, c, d, ty] of each image: point (x, y) of the network's input looks at (a·x + b·y + tx, c·x + d·y + ty) of
   * the image, in pixels of each. Left out: the whole image, resized to the network's input.
   */
  readonly matrices?: Float32Array;
  /** Factor and addend of each image's normalized values: contrast about the mean colour, and brightness. */
  readonly gains?: Float32Array;
  readonly offsets?: Float32Array;
  /**
   * count·H·W·C bytes, of the set's image size: what is read in place of the images' own pixels, for changes of values that
   * are none of the above. Labels stay.
   */
  readonly pixels?: Uint8Array;
  /** Each image is λ times itself plus 1 − λ times its partner, a position in this batch; labels likewise. */
  readonly mix?: { readonly partners: Uint32Array; readonly lambdas: Float32Array };
}

export interface BatchResult {
  /** Sum over the images of the cross-entropy (natural logarithm); NaN or ∞ if the network diverged. */
  readonly lossSum: number;
  /** Images whose largest logit is at the label. */
  readonly correct: number;
  readonly count: number;
}

/** The time of one kernel of a step, alone. */
export interface KernelTime {
  /** The call of plan.train that it works for. */
  readonly call: KernelCall;
  readonly kernel: string;
  readonly ms: number;
}

/** What step() is called with. */
export interface StepRequest {
  readonly batch: Batch;
  readonly learningRate: number;
  readonly keep?: Float32Array;
}

/** Which values of the parameters and running statistics: the trained ones (where not said) or their moving averages. */
export type Weights = "trained" | "averages";

/**
 * One network, loaded. Momenta begin as 0 and moving averages as the values that load() was given, unless it was given
 * them too.
 */
export interface Session {
  readonly plan: Plan;
  /** Tensors that are stored as float16, where there are any: they take 2 bytes an element, not 4. */
  readonly halves?: ReadonlySet<TensorId>;
  /**
   * Forward, backward, update. The result is of the forward pass, before the update. `keep` has batch · perImage factors for
   * each of plan.drops in turn (stochastic depth, dropout); left out, everything is kept.
   */
  step(batch: Batch, learningRate: number, keep?: Float32Array): Promise<BatchResult>;
  /**
   * Forward in evaluation mode; fewer images than plan.batch are allowed, only they are counted. "averages" takes the
   * moving averages of parameters and statistics, of a plan that has them.
   */
  evaluate(batch: Batch, weights?: Weights): Promise<BatchResult>;
  /**
   * As many calls of step() or evaluate() one after the other would do, with the same results to the bit: for executors
   * that wait for a device behind every call. Left out where nothing is gained; batches.ts falls back to the calls.
   */
  steps?(steps: readonly StepRequest[]): Promise<readonly BatchResult[]>;
  evaluations?(batches: readonly Batch[], weights?: Weights): Promise<readonly BatchResult[]>;
  /** How many of each are worth asking for at once, as measured so far. */
  readonly atOnce?: { readonly steps: number; readonly evaluations: number };
  /** Where a training step's time goes, for executors that can tell; the session cannot train on afterwards. */
  profile?(onKernel?: (done: number, of: number) => void): Promise<readonly KernelTime[]>;
  /**
   * A copy of a tensor: a parameter or statistic by name, "grad:" + a parameter's name (of the last step), "momentum:" +
   * a parameter's name, "ema:" + a parameter's or statistic's name (its moving average), "images", "targets", "logits", or a key of
   * plan.kept.outputs. In the plan's layout.
   */
  read(name: string): Promise<Float32Array | Float64Array>;
  /** All parameters and running statistics, or their moving averages, by the same names. */
  readState(weights?: Weights): Promise<ModelState>;
  /**
   * All that a session carries from step to step: parameters, running statistics, momenta and moving averages. A session
   * that is loaded with it goes on with the same bits.
   */
  readCheckpoint(): Promise<ModelState>;
  dispose(): void;
}

/**
 * - out-of-memory: the plan does not fit; another may.
 * - unsupported: this machine cannot run such an executor, or such a plan.
 * - interrupted: the step is lost and its session with it; the executor can load the next network.
 * - lost: the executor is gone.
 * - wrong: the executor computes wrong, or some networks not at all, so that nothing is to be trained on it.
 * - misuse: the caller's mistake.
 */
export type ExecutorErrorCode = "out-of-memory" | "unsupported" | "interrupted" | "lost" | "wrong" | "misuse";

export class ExecutorError extends Error {
  readonly code: ExecutorErrorCode;

  constructor(code: ExecutorErrorCode, message: string, options?: ErrorOptions) {
    super(message, options);
    this.name = "ExecutorError";
    this.code = code;
  }
}
