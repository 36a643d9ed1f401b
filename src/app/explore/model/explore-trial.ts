import type { NetworkSpec } from "../../../engine/network/spec.ts";
import type { SpaceId } from "../../../engine/spaces/registry.ts";
import type { TrialParams } from "../../../engine/sweep/trial.ts";
import { defaultBaseline } from "../families/baseline.ts";
import type { Family, Point, Values } from "../families/family.ts";
import { families } from "../families/registry.ts";
import { exploreHash } from "./explore-url.ts";
import { imagesOf } from "./images.ts";
import { problemsOf } from "./network.ts";

/** A network of a study: its space where it was drawn from one, what was drawn, and what came of it. */
export interface DrawnTrial {
  readonly space: SpaceId | undefined;
  readonly params: TrialParams;
  readonly spec: NetworkSpec;
}

/** The address at which Explore shows this very network; undefined where no knobs of the space's family give it. */
export function trialHash({ space, params, spec }: DrawnTrial): string | undefined {
  const family = families.find((one) => one.space !== undefined && one.space === space);
  if (family === undefined) return undefined;
  const images = imagesOf(spec);
  for (const values of [drawnValues(family, params, images), family.adopt?.(spec)]) {
    if (values === undefined) continue;
    const point: Point = { values, images, baseline: defaultBaseline };
    if (problemsOf(family, point).length > 0) continue;
    if (textOf(family.build(point).spec) === textOf(spec))
      return exploreHash({ family, point, seed: 1, draw: 0 });
  }
  return undefined;
}

/** What was drawn, as values of the knobs; undefined if it does not say them all. */
function drawnValues(family: Family, params: TrialParams, images: Point["images"]): Values | undefined {
  const drawn = params as unknown as Values;
  const keys = family.knobs(images).map(({ key }) => key);
  if (keys.some((key) => drawn[key] === undefined)) return undefined;
  return { ...family.start(images), ...Object.fromEntries(keys.map((key) => [key, drawn[key]!])) };
}

/** Equal networks have equal texts, whatever they are called. */
function textOf(spec: NetworkSpec): string {
  return JSON.stringify({ ...spec, name: undefined }, (_, value: unknown) =>
    typeof value === "object" && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  );
}
