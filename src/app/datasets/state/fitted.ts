import { type Regime, regimeLimits } from "../../../engine/training/regime.ts";
import type { DatasetsState } from "./datasets-store.ts";

/**
 * What a regime needs changed to be trained on another data set: where that has fewer images than are asked for, all that
 * it has. A set that is too small for any study keeps the least number, and the study says so when it starts.
 */
export function fittedTo(
  { kept }: Pick<DatasetsState, "kept">,
  dataset: string,
  { images, testImages, validation = 0, batch }: Regime,
): Partial<Regime> {
  const manifest = kept.find((one) => one.manifest.name === dataset)?.manifest;
  if (manifest === undefined) return { dataset };
  const least = (wanted: number, there: number, { min }: { readonly min: number }) =>
    Math.max(min, Math.min(wanted, there));
  const fitted = least(images, manifest.train.count - validation, regimeLimits.images);
  return {
    dataset,
    images: fitted,
    testImages: least(testImages, manifest.test.count, regimeLimits.testImages),
    batch: Math.min(batch, fitted),
  };
}
