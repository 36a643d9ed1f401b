import type {
  Call,
  MapsShape,
  MatrixShape,
  None,
  PointwiseActivation,
  StatisticsAttrs,
  TensorId,
} from "./call.ts";

// Norms, their gradients and proxies, as calls: part of the alphabet in calls.ts.

/**
 * Statistics of a batch, per channel over `rows`: mean and 1/√(var + ε) with the BIASED variance; scale = γ·invStd,
 * shift = β − mean·scale, so that the normalized map is scale·x + shift. Running statistics move by `momentum`
 * towards the mean and the UNBIASED variance (rows/(rows − 1); with one row, the biased one).
 */
export type BatchNormStats = Call<
  "batchNormStats",
  { x: TensorId; gamma: TensorId; beta: TensorId },
  { mean: TensorId; invStd: TensorId; scale: TensorId; shift: TensorId },
  { runningMean: TensorId; runningVar: TensorId },
  MatrixShape & StatisticsAttrs
>;

/** Evaluation: scale and shift from the running statistics. */
export type BatchNormFold = Call<
  "batchNormFold",
  { gamma: TensorId; beta: TensorId; runningMean: TensorId; runningVar: TensorId },
  { scale: TensorId; shift: TensorId },
  None,
  { readonly channels: number; readonly epsilon: number }
>;

/**
 * Statistics of every image, per group of channels: mean and 1/√(var + ε) over the group's pixels and channels (biased),
 * [N][groups]; scale = γ·invStd and shift = β − mean·scale per image and channel, [N][C].
 */
export type GroupNormStats = Call<
  "groupNormStats",
  { x: TensorId; gamma: TensorId; beta: TensorId },
  { mean: TensorId; invStd: TensorId; scale: TensorId; shift: TensorId },
  None,
  MapsShape & { readonly groups: number; readonly epsilon: number }
>;

/**
 * First half of the gradient of activation(group norm(x)): dz = dy ⊙ activation′(scale·x + shift);
 * dBeta = Σ dz (+ dBetaProxy), dGamma = Σ dz·x̂ (+ dGammaProxy) over all images; sums[n][group] = the means over the
 * group of γ·dz and of γ·dz·x̂.
 */
export type GroupNormReduceGrad = Call<
  "groupNormReduceGrad",
  {
    dy: TensorId;
    x: TensorId;
    mean: TensorId;
    invStd: TensorId;
    scale: TensorId;
    shift: TensorId;
    gamma: TensorId;
    dGammaProxy?: TensorId;
    dBetaProxy?: TensorId;
  },
  { dGamma: TensorId; dBeta: TensorId; sums: TensorId },
  None,
  MapsShape & { readonly groups: number; readonly activation: PointwiseActivation }
>;

/** Second half: dx = scale·dz − invStd·(sums₀ + x̂·sums₁) (+ addend). */
export type GroupNormInputGrad = Call<
  "groupNormInputGrad",
  {
    dy: TensorId;
    x: TensorId;
    mean: TensorId;
    invStd: TensorId;
    scale: TensorId;
    shift: TensorId;
    sums: TensorId;
    addend?: TensorId;
  },
  { dx: TensorId },
  None,
  MapsShape & { readonly groups: number; readonly activation: PointwiseActivation }
>;

/**
 * Proxy normalization (Labatie et al. 2021, arXiv:2106.03640): a = activation(γỸ + β) of the proxy
 * Ỹ ~ N(β̃, (1 + γ̃)²) has mean E and variance V per channel, by Gauss–Hermite quadrature over `points` nodes
 * (math/gaussian-quadrature.ts). scale = 1/√(V + ε), shift = −E·scale: what normalizes the activation.
 */
export type ProxyMoments = Call<
  "proxyMoments",
  { gamma: TensorId; beta: TensorId; proxyScale: TensorId; proxyShift: TensorId },
  { scale: TensorId; shift: TensorId },
  None,
  ProxyShape
>;

export interface ProxyShape {
  readonly channels: number;
  readonly activation: PointwiseActivation;
  readonly epsilon: number;
  readonly points: number;
}

/** Its gradient; γ̃ is `proxyScale`, β̃ `proxyShift`. dGamma and dBeta are this path's share of the norm's. */
export type ProxyMomentsGrad = Call<
  "proxyMomentsGrad",
  {
    gamma: TensorId;
    beta: TensorId;
    proxyScale: TensorId;
    proxyShift: TensorId;
    dScale: TensorId;
    dShift: TensorId;
  },
  { dGamma: TensorId; dBeta: TensorId; dProxyScale: TensorId; dProxyShift: TensorId },
  None,
  ProxyShape
>;

/** Gradients of y = scale·x + shift with respect to its vectors: dScale = Σ dy·x, dShift = Σ dy over the rows. */
export type AffineReduceGrad = Call<
  "affineReduceGrad",
  { dy: TensorId; x: TensorId },
  { dScale: TensorId; dShift: TensorId },
  None,
  MatrixShape
>;

/**
 * First half of the gradient of activation(norm(x)): dz = dy ⊙ activation′(scale·x + shift);
 * dBeta = Σ dz, dGamma = Σ dz·(x − mean)·invStd. Where a residual sum stands before the activation, `saved` is the
 * output of that ReLU and dz = dy where saved > 0. `dz` is written for those who need it again.
 */
export type BatchNormReduceGrad = Call<
  "batchNormReduceGrad",
  {
    dy: TensorId;
    x: TensorId;
    mean: TensorId;
    invStd: TensorId;
    scale: TensorId;
    shift: TensorId;
    saved?: TensorId;
  },
  { dGamma: TensorId; dBeta: TensorId; dz?: TensorId },
  None,
  MatrixShape & { readonly activation: PointwiseActivation }
>;

/** Second half: dx = scale·(dz − dBeta/rows − (x − mean)·invStd·dGamma/rows) (+ addend). */
export type BatchNormInputGrad = Call<
  "batchNormInputGrad",
  {
    dy: TensorId;
    x: TensorId;
    mean: TensorId;
    invStd: TensorId;
    scale: TensorId;
    shift: TensorId;
    dGamma: TensorId;
    dBeta: TensorId;
    addend?: TensorId;
  },
  { dx: TensorId },
  None,
  MatrixShape & { readonly activation: PointwiseActivation }
>;
