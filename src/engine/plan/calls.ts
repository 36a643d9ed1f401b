import type {
  Call,
  ConvGeometry,
  MapsShape,
  MatrixShape,
  None,
  PointwiseActivation,
  PoolGeometry,
  StatisticsAttrs,
  TensorId,
} from "./call.ts";
import type {
  AffineReduceGrad,
  BatchNormFold,
  BatchNormInputGrad,
  BatchNormReduceGrad,
  BatchNormStats,
  GroupNormInputGrad,
  GroupNormReduceGrad,
  GroupNormStats,
  ProxyMoments,
  ProxyMomentsGrad,
} from "./norm-calls.ts";

/**
 * The alphabet of kernels. A plan is a flat list of these calls; every executor implements each of them once.
 *
 * Layouts: feature maps NHWC; convolution filters `[ky][kx][c in group][k]` with k over all filters of all groups (so a
 * 1×1 convolution's filters are the C×K matrix of a GEMM, and a linear layer is a 1×1 convolution on a 1×1 map).
 * `rows` of a map is N·H·W. All elements are float32.
 *
 * Calls are functional: an output is written whole and never read by the call, except the operands under `update`,
 * which are read and written in place (running statistics, parameters, momenta). Operands never overlap otherwise.
 */

/**
 * Input op: rows of the resident byte set, images of any height and width, become the images and soft labels of a batch.
 * `transforms` is host-written, a row of `transformRow` floats an image. Points: pixel (x, y) covers [x, x+1) × [y, y+1).
 * The source of image n is row indices[n] of the set, or, where the host gives the batch pixels of its own, row n of those.
 *
 * Output pixel (x, y) of image n takes samplesX × samplesY samples. Sample (i, j) stands at
 * u = x + (i + ½)/samplesX, v = y + (j + ½)/samplesY and looks at the point (a·u + b·v + tx, c·u + d·v + ty) of the source:
 * - outside [0, width) × [0, height) of the source the sample is 0: the mean colour, since normalization comes first.
 *   pycls normalizes, then pads its crops with 0 (pycls/datasets/cifar10.py).
 * - inside it is gain·B + offset, B bilinear between the four nearest pixel centres, where those beyond the edge are the
 *   edge's. So a resize has the borders of torchvision's and Pillow's, and an affine map those of Pillow's
 *   (libImaging/Geometry.c): the point decides what is outside, the edge is repeated inside.
 *   Pixels are normalized: (byte/255 − mean)·(1/std) per channel.
 * warped[n] is the mean of the samples: with as many as source pixels pass under an output pixel, an area average.
 *
 * images[n] = λ·warped[n] + (1 − λ)·warped[partner], and targets[n] likewise of soft labels: smoothing/classes everywhere
 * plus 1 − smoothing on the label (mixup, Zhang et al. 2018, arXiv:1710.09412). Where λ is 1 the partner is not read.
 * Partners are positions in the batch. An identity matrix with one sample and a source of the output's size copies pixels.
 * Where a batch has fewer indices than `batch`, the remaining images and targets are 0 (padding).
 */
export type Gather = Call<
  "gather",
  { transforms: TensorId },
  { images: TensorId; targets: TensorId },
  None,
  {
    batch: number;
    /** Of the output: the network's input. */
    height: number;
    width: number;
    channels: number;
    classes: number;
    labelSmoothing: number;
  }
>;

/** The floats of a row of `transforms`, in order. */
export const transformRow = [
  "a",
  "b",
  "tx",
  "c",
  "d",
  "ty",
  "samplesX",
  "samplesY",
  "gain",
  "offset",
  "lambda",
  "partner",
] as const;

/**
 * Where a batch norm stands before a convolution, its output z = xActivation(xScale·x + xShift) need not be stored: the
 * convolution is given the norm's input x and the vectors, and normalizes what it reads (padding is z = 0). Both or none.
 */
interface NormedInput {
  readonly xScale?: TensorId;
  readonly xShift?: TensorId;
}

interface NormedInputAttrs {
  readonly xActivation?: PointwiseActivation;
}

/**
 * Where a batch norm over the convolution's output y follows, the gradient at y need not be stored: `dy` is then the
 * gradient dz at the norm's output, and what is read in place of dy is BatchNormInputGrad's
 * yScale·(dz − yDBeta/rows − (y − yMean)·yInvStd·yDGamma/rows), rows = N·outHeight·outWidth. All or none.
 */
interface NormGradSource {
  readonly y?: TensorId;
  readonly yScale?: TensorId;
  readonly yMean?: TensorId;
  readonly yInvStd?: TensorId;
  readonly yDGamma?: TensorId;
  readonly yDBeta?: TensorId;
}

/**
 * y = z ∗ filters (+ bias), z = x or the normed x. With gamma and beta also the statistics of y, as BatchNormStats has
 * them (attrs.statistics is given then, and all of its operands).
 */
export type Conv2d = Call<
  "conv2d",
  { x: TensorId; filters: TensorId; bias?: TensorId; gamma?: TensorId; beta?: TensorId } & NormedInput,
  { y: TensorId; mean?: TensorId; invStd?: TensorId; scale?: TensorId; shift?: TensorId },
  { runningMean?: TensorId; runningVar?: TensorId },
  ConvGeometry & NormedInputAttrs & { readonly statistics?: StatisticsAttrs }
>;

/**
 * dx = dy ∗ᵀ filters (+ addend): the addend is another consumer's gradient of the same map. Where x and the vectors of
 * its norm are given (all or none, never with an addend), dx is the gradient at that norm's output before the
 * activation, (dy ∗ᵀ filters) ⊙ xActivation′(xScale·x + xShift), and the norm's xDBeta = Σ dx and
 * xDGamma = Σ dx·(x − xMean)·xInvStd come with it.
 */
export type Conv2dInputGrad = Call<
  "conv2dInputGrad",
  {
    dy: TensorId;
    filters: TensorId;
    addend?: TensorId;
    x?: TensorId;
    xMean?: TensorId;
    xInvStd?: TensorId;
  } & NormedInput &
    NormGradSource,
  { dx: TensorId; xDGamma?: TensorId; xDBeta?: TensorId },
  None,
  ConvGeometry & NormedInputAttrs
>;

/** dFilters = Σ over rows of z ⊗ dy, z = x or the normed x; dBias = Σ dy where the layer has a bias (and no norm). */
export type Conv2dFilterGrad = Call<
  "conv2dFilterGrad",
  { x: TensorId; dy: TensorId } & NormedInput & NormGradSource,
  { dFilters: TensorId; dBias?: TensorId },
  None,
  ConvGeometry & NormedInputAttrs
>;

/**
 * y = activation(scale·x + shift (+ residual)); an absent scale is 1, an absent shift 0. Both vectors are per channel, or
 * per image and channel, [N][C], where `imageRows` says how many rows an image has.
 */
export type Affine = Call<
  "affine",
  { x: TensorId; scale?: TensorId; shift?: TensorId; residual?: TensorId },
  { y: TensorId },
  None,
  MatrixShape & { readonly activation: PointwiseActivation; readonly imageRows?: number }
>;

/** dx = dy ⊙ activation′, from the activation's output y (relu: y > 0; sigmoid: y(1 − y)) or, silu, its input x. */
export type ActivationGrad = Call<
  "activationGrad",
  { dy: TensorId; saved: TensorId },
  { dx: TensorId },
  None,
  MatrixShape & { readonly activation: Exclude<PointwiseActivation, "none"> }
>;

/** y = a + b: gradients of a map with several consumers where no other call can take the addend. */
export type Add = Call<"add", { a: TensorId; b: TensorId }, { y: TensorId }, None, MatrixShape>;

/** y[n][c] = mean over the pixels of image n. */
export type GlobalPool = Call<"globalPool", { x: TensorId }, { y: TensorId }, None, MapsShape>;

/** dx[n][p][c] = dy[n][c] / pixels (+ addend). */
export type GlobalPoolGrad = Call<
  "globalPoolGrad",
  { dy: TensorId; addend?: TensorId },
  { dx: TensorId },
  None,
  MapsShape
>;

/** Max over k×k windows; outside the map is −∞. */
export type MaxPool = Call<"maxPool", { x: TensorId }, { y: TensorId }, None, PoolGeometry>;

/** The gradient goes to the first maximum of each window, in row-major order (as PyTorch). */
export type MaxPoolGrad = Call<
  "maxPoolGrad",
  { x: TensorId; dy: TensorId },
  { dx: TensorId },
  None,
  PoolGeometry
>;

/**
 * Squeeze-and-excitation's last step: y[n][p][c] = x[n][p][c]·s[n][c]. With channels = 1 and all elements of an image as
 * pixels it scales whole images: stochastic depth. With pixels = 1 it scales every unit by itself: dropout.
 */
export type ChannelScale = Call<
  "channelScale",
  { x: TensorId; s: TensorId },
  { y: TensorId },
  None,
  MapsShape
>;

/** dx = dy·s, ds[n][c] = Σ over pixels of dy·x. */
export type ChannelScaleGrad = Call<
  "channelScaleGrad",
  { dy: TensorId; x: TensorId; s: TensorId },
  { dx: TensorId; ds: TensorId },
  None,
  MapsShape
>;

export interface SqueezeShape extends MapsShape {
  /** R, channels of the squeeze. */
  readonly squeezed: number;
  readonly activation: PointwiseActivation;
}

/**
 * Squeeze-and-excitation whole (Hu et al. 2018, arXiv:1709.01507): y = x·s with, per image,
 * s = σ(f(pooled·reduce + reduceBias)·expand + expandBias), pooled the mean over the pixels, f the activation; reduce [C][R],
 * expand [R][C]. Kept for the gradient: pooled and s [N][C], hidden [N][R], what f is applied to.
 */
export type SqueezeExcite = Call<
  "squeezeExcite",
  { x: TensorId; reduce: TensorId; reduceBias: TensorId; expand: TensorId; expandBias: TensorId },
  { y: TensorId; pooled: TensorId; hidden: TensorId; s: TensorId },
  None,
  SqueezeShape
>;

/** Its gradient with respect to the map and all parameters. */
export type SqueezeExciteGrad = Call<
  "squeezeExciteGrad",
  {
    dy: TensorId;
    x: TensorId;
    reduce: TensorId;
    expand: TensorId;
    pooled: TensorId;
    hidden: TensorId;
    s: TensorId;
  },
  {
    dx: TensorId;
    dReduce: TensorId;
    dReduceBias: TensorId;
    dExpand: TensorId;
    dExpandBias: TensorId;
  },
  None,
  SqueezeShape
>;

/**
 * Training loss: the mean over the batch of −Σ targets·log softmax(logits); dLogits is its gradient
 * (softmax − targets)/batch; metrics = [Σ of the losses over the images, number of images whose largest logit is where
 * the largest target is]. Ties go to the lower class. A row of targets that is all 0 is padding: it adds nothing.
 */
export type SoftmaxCrossEntropy = Call<
  "softmaxCrossEntropy",
  { logits: TensorId; targets: TensorId },
  { dLogits?: TensorId; metrics: TensorId },
  None,
  { readonly batch: number; readonly classes: number }
>;

/**
 * g′ = g + weightDecay·p for the first `decayed` elements, g′ = g for the others; v = momentum·v + g′;
 * p −= η·(g′ + momentum·v) (Nesterov) or p −= η·v, over all parameters in one pass. η arrives in the host-written scalar
 * `learningRate`. Where there are averages: average = averageDecay·average + (1 − averageDecay)·p, of the new p.
 */
export type Sgd = Call<
  "sgd",
  { gradients: TensorId; learningRate: TensorId },
  None,
  { parameters: TensorId; velocity: TensorId; averages?: TensorId },
  {
    readonly length: number;
    readonly momentum: number;
    readonly weightDecay: number;
    /** A multiple of 16; `length` where everything decays. */
    readonly decayed: number;
    readonly nesterov: boolean;
    /** 0 where there are no averages. */
    readonly averageDecay: number;
  }
>;

/** average = decay·average + (1 − decay)·x: the running statistics' share of averaged weights. */
export type Average = Call<
  "average",
  { x: TensorId },
  None,
  { average: TensorId },
  { readonly length: number; readonly decay: number }
>;

export type KernelCall =
  | Gather
  | Conv2d
  | Conv2dInputGrad
  | Conv2dFilterGrad
  | BatchNormStats
  | BatchNormFold
  | Affine
  | ActivationGrad
  | BatchNormReduceGrad
  | BatchNormInputGrad
  | GroupNormStats
  | GroupNormReduceGrad
  | GroupNormInputGrad
  | ProxyMoments
  | ProxyMomentsGrad
  | AffineReduceGrad
  | Add
  | GlobalPool
  | GlobalPoolGrad
  | MaxPool
  | MaxPoolGrad
  | ChannelScale
  | ChannelScaleGrad
  | SqueezeExcite
  | SqueezeExciteGrad
  | SoftmaxCrossEntropy
  | Sgd
  | Average;

export type KernelOp = KernelCall["op"];
export type CallOf<Op extends KernelOp> = Extract<KernelCall, { op: Op }>;

/** Tensors a call reads, in the order of their declaration. */
export function readsOf(call: KernelCall): readonly TensorId[] {
  return ids(call.in).concat(ids(call.update));
}

/** Tensors a call writes. */
export function writesOf(call: KernelCall): readonly TensorId[] {
  return ids(call.out).concat(ids(call.update));
}

function ids(operands: object): TensorId[] {
  return (Object.values(operands) as (TensorId | undefined)[]).filter((id) => id !== undefined);
}
