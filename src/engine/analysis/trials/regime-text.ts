import { findDataset } from "../../data/catalogue.ts";
import type { Observation } from "./observation.ts";

/** How these trials were trained, in a few words for a caption: `Fashion-MNIST, 2,048 images × 3 epochs, batch 32`. */
export function regimeText(observations: readonly Observation[]): string {
  const texts = new Set(observations.map(textOf));
  const [only] = texts;
  if (only === undefined) return "no trials";
  return texts.size === 1 ? only : `${texts.size} regimes: ${[...texts].join("; ")}`;
}

const known = new WeakMap<Observation["regime"], string>();

function textOf({ regime }: Observation): string {
  const seen = known.get(regime);
  if (seen !== undefined) return seen;
  const { dataset, images, epochs, batch } = regime;
  const count = images.toLocaleString("en-US");
  const text = `${findDataset(dataset)?.title ?? dataset}, ${count} images × ${epochs} epochs, batch ${batch}`;
  known.set(regime, text);
  return text;
}
