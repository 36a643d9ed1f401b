import type { TensorId } from "./call.ts";
import type { CallOf, KernelCall } from "./calls.ts";

/** Where a tensor lives. Offsets and lengths count float32 elements; offsets are multiples of 4 (16 bytes). */
export interface PlannedTensor {
  readonly name: string;
  readonly buffer: BufferName;
  readonly offset: number;
  readonly length: number;
}

/**
 * parameters, gradients, velocity: one layout, so that the update is one pass; persist over a session (gradients until
 * the next step). averages: moving averages, of the parameters in their layout, then of the state; persist, and start as
 * what they average. state: running statistics, persist. host: written by the caller before a step (learning rate).
 * activations: reused within a step; nothing in it survives a step but the tensors named in Plan.kept.
 */
export type BufferName =
  | "parameters"
  | "gradients"
  | "velocity"
  | "averages"
  | "state"
  | "host"
  | "activations";

export interface PlannedBuffer {
  readonly name: BufferName;
  /** float32 elements. */
  readonly length: number;
}

/** normScale and normShift are γ and β; proxyScale and proxyShift γ̃ and β̃ of proxy normalization. */
export type ParameterKind =
  | "conv"
  | "convBias"
  | "linear"
  | "linearBias"
  | "normScale"
  | "normShift"
  | "proxyScale"
  | "proxyShift";

/** How a trained tensor is born and how other tools shape it. */
export interface PlannedParameter {
  /** pycls' state-dict name, e.g. "s1.b1.f.a.weight". */
  readonly name: string;
  readonly kind: ParameterKind;
  readonly tensor: TensorId;
  /** What the optimizer carries from step to step: its velocity. */
  readonly momentum: TensorId;
  /** Its moving average, where the plan has them. */
  readonly average?: TensorId;
  /** PyTorch's shape: conv [K, C/G, k, k], linear [K, C], others [C]. In the plan conv is [k, k, C/G, K]. */
  readonly shape: readonly number[];
}

/** A running statistic: `<norm>.running_mean` (starts at 0) or `<norm>.running_var` (starts at 1). */
export interface PlannedStatistic {
  readonly name: string;
  readonly kind: "mean" | "variance";
  readonly tensor: TensorId;
  /** Its moving average, where the plan has them. */
  readonly average?: TensorId;
}

/** What a step does with its gradients. */
export interface OptimizerSpec {
  readonly type: "sgd";
  readonly momentum: number;
  readonly nesterov: boolean;
  readonly weightDecay: number;
  /** Decay spares norms and biases: everything but the weights of convolutions and linear layers. */
  readonly spareNorms?: boolean;
  /**
   * Decay d of moving averages, 0–1: after every step average = d·average + (1 − d)·value, of parameters and running
   * statistics, beginning with the initial values (timm's ModelEmaV2). Absent: none.
   */
  readonly ema?: number;
}

/**
 * What training leaves out at random, by host-written factors: 0 leaves out, 1/(1 − p) keeps. A residual branch of an image
 * (stochastic depth), or a unit of an image before the classifier (dropout).
 */
export type PlannedDrop = {
  /** batch · perImage factors, those of the first image first. */
  readonly tensor: TensorId;
  readonly perImage: number;
} & (
  | {
      readonly of: "branch";
      /** Its place among the residual branches: (branch + 1) / number of branches, 0–1. */
      readonly depth: number;
    }
  | { readonly of: "units" }
);

/** A compiled network: every kernel call and every byte of a training step, known before anything runs. */
export interface Plan {
  readonly batch: number;
  readonly classes: number;
  readonly input: { readonly height: number; readonly width: number; readonly channels: number };
  readonly tensors: readonly PlannedTensor[];
  readonly buffers: readonly PlannedBuffer[];
  readonly parameters: readonly PlannedParameter[];
  readonly statistics: readonly PlannedStatistic[];
  /** The branches in their order, then the units. */
  readonly drops: readonly PlannedDrop[];
  /** Fills `images` and `targets`; left out when the caller writes them itself. */
  readonly gather: CallOf<"gather">;
  /** Forward, loss, backward, update. */
  readonly train: readonly KernelCall[];
  /** Forward with running statistics, and the loss. */
  readonly evaluate: readonly KernelCall[];
  /** The same with the moving averages for parameters and statistics; only where the plan has them. */
  readonly evaluateAverages?: readonly KernelCall[];
  /** Tensors that can be read after a step: images, targets, logits, metrics and the named outputs (stem, s1 …). */
  readonly kept: {
    readonly images: TensorId;
    readonly targets: TensorId;
    readonly logits: TensorId;
    readonly metrics: TensorId;
    readonly learningRate: TensorId;
    readonly outputs: Readonly<Record<string, TensorId>>;
  };
}

/** Bytes of all buffers of a plan. */
export function planBytes(plan: Pick<Plan, "buffers">): number {
  return 4 * plan.buffers.reduce((sum, buffer) => sum + buffer.length, 0);
}
