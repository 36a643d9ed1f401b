/** What RandAugment's operations do at the most, and on what scale (Cubuk et al. 2020, arXiv:1909.13719). */

export interface ImageSize {
  readonly width: number;
  readonly height: number;
}

/** Magnitudes run from 0 to 10, as in AutoAugment and timm. */
export const maxMagnitude = 10;

/** At magnitude 10, as AutoAugment's ranges: shear 0.3, shift 150/331 of the side, 30°, factors within 1 ± 0.9. */
export const most = { shear: 0.3, shift: 150 / 331, angle: Math.PI / 6, colour: 0.9 } as const;
