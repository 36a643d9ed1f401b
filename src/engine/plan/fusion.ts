/** What a plan does in one pass over memory. Results are the same within rounding; off only to measure what it gains. */
export interface Fusions {
  /** Norm, residual sum and activation are one call. Those of convolutions build on it. */
  readonly norms: boolean;
  /**
   * Convolutions normalize and rectify what they read, so that the output of a norm between two convolutions is never
   * stored. Not with swish: its exponential at every read costs more than the memory.
   */
  readonly loads: boolean;
  /** Convolutions make the batch norm's statistics of what they write. */
  readonly statistics: boolean;
  /** The activation's slope is applied once, by the pass that sums the norm's gradients, and its result kept. */
  readonly slopes: boolean;
  /** The gradients of a convolution take in the gradient of the batch norm behind it. Takes `slopes` along. */
  readonly gradients: boolean;
  /** Input gradients apply the slope of the norm before the convolution, and sum that norm's gradients. Builds on `loads`. */
  readonly sums: boolean;
  /** Squeeze-and-excitation is one call each way. */
  readonly squeeze: boolean;
}

export const allFusions: Fusions = {
  norms: true,
  loads: true,
  statistics: true,
  slopes: true,
  gradients: true,
  sums: true,
  squeeze: true,
};

/**
 * What gains on CPUs (bench/fusion.ts). Not the norm's gradient in the convolution's two: each would compute it again,
 * and where the maps stay in the third-level cache that costs more than storing it.
 */
export const defaultFusions: Fusions = { ...allFusions, gradients: false };

export const noFusions: Fusions = {
  norms: false,
  loads: false,
  statistics: false,
  slopes: false,
  gradients: false,
  sums: false,
  squeeze: false,
};
