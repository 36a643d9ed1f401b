import type { z } from "zod";
import { InputError, parseInput } from "../../../engine/math/input-error.ts";
import { createRng, type Rng } from "../../../engine/math/rng.ts";
import { complexity } from "../../../engine/network/complexity.ts";
import type { NetworkSpec } from "../../../engine/network/spec.ts";
import { publishedNetwork } from "../../../engine/published/registry.ts";
import type { Images } from "../model/images.ts";
import { baselineSpec } from "./baseline.ts";
import type { Derived, Drawn, Family, Knob, Point, PopulationOf, Preset, Values } from "./family.ts";

/** What a scaling rule brings; `scalingFamily` makes a family of it. */
export interface ScalingRule<P extends Values> {
  readonly id: string;
  readonly label: string;
  readonly description: string;
  readonly source: string;
  /** What is legal; what is left out takes its default. */
  readonly schema: z.ZodType<P>;
  readonly knobs: readonly Knob[];
  readonly start: P;
  /** @throws InputError where no network meets the params */
  scale(
    baseline: NetworkSpec,
    params: P,
  ): { readonly spec: NetworkSpec; readonly derived: readonly Derived[] };
  /** Draws params as the population around a network has them. */
  sample(rng: Rng): P;
  /** In words: "φ ∈ [−3, 4]". */
  readonly sampled: string;
  presets?(): readonly Preset[];
  settle?(values: Values, key: string): Values;
}

/** Draws that no network meets (a budget out of reach) are drawn again, this often at most. */
const attempts = 50;

export function scalingFamily<P extends Values>(rule: ScalingRule<P>): Family {
  const build = ({ values, images, baseline }: Point) => {
    const params = parseInput(rule.schema, values);
    const base = baselineSpec(baseline, images);
    const { spec, derived } = rule.scale(base, params);
    return { spec: { ...spec, name: `${publishedNetwork(baseline).name}, ${rule.label}` }, derived };
  };
  return {
    id: rule.id,
    label: rule.label,
    kind: "scaling",
    description: rule.description,
    source: rule.source,
    relatives: ["EfficientNet", "EfficientNetV2", "TinyNet", "RegNetX", "RegNetY", "ResNet", "ResNeXt"],
    knobs: () => rule.knobs,
    start: () => rule.start,
    build,
    population: ({ images, baseline }) => scaledPopulation(rule, images, baseline),
    presets: () => rule.presets?.() ?? [],
    ...(rule.settle && { settle: (values: Values, key: string) => rule.settle!(values, key) }),
  };
}

function scaledPopulation<P extends Values>(
  rule: ScalingRule<P>,
  images: Images,
  baseline: string,
): PopulationOf {
  const base = baselineSpec(baseline, images);
  return {
    label: `${publishedNetwork(baseline).name}, ${rule.sampled}, ${images.side}×${images.side}`,
    key: JSON.stringify([rule.id, baseline, images]),
    draw(seed, index): Drawn {
      const rng = createRng(seed, "scaling", rule.id, index);
      for (let attempt = 1; ; attempt++) {
        const values = rule.sample(rng);
        try {
          return { values, cost: complexity(rule.scale(base, values).spec) };
        } catch (error) {
          if (!(error instanceof InputError) || attempt === attempts) throw error;
        }
      }
    },
  };
}
