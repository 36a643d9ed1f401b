import type { Observation } from "./observation.ts";
import { countingNotes } from "./per-network.ts";

/** Why trials are not comparable without a second thought. Shown wherever they are compared all the same. */
export interface MixtureWarning {
  readonly kind: "dataset" | "regime" | "seed" | "overlap" | "counting";
  readonly message: string;
  /** What differs, and each value that occurs. */
  readonly differences: readonly { readonly field: string; readonly values: readonly string[] }[];
}

/**
 * Data sets, regimes or seeds that differ within these trials. Errors on two data sets, or after two lengths of training,
 * say nothing about networks; seeds may well differ, but a population drawn twice with different seeds is two populations.
 */
export function mixtureWarnings(observations: readonly Observation[]): MixtureWarning[] {
  const datasets = differing("dataset", observations, ({ dataset }) => dataset);
  const images = replacedImages(observations);
  const regimes = regimeFields(observations).flatMap((field) =>
    differing(field, observations, ({ regime }) =>
      text((regime as Readonly<Record<string, unknown>>)[field]),
    ),
  );
  const seeds = differing("seed", observations, ({ seed }) => String(seed));
  const warnings: MixtureWarning[] = [];
  if (datasets.length > 0)
    warnings.push({
      kind: "dataset",
      message: `Trials on different data sets (${datasets[0]!.values.join(", ")}): their errors are not comparable.`,
      differences: datasets,
    });
  if (images.length > 0)
    warnings.push({
      kind: "dataset",
      message: `Trials on different images under one name (${images.map(({ field, values }) => `${field}: ${values.join(", ")}`).join("; ")}): they were replaced in between, so the errors are not comparable.`,
      differences: images,
    });
  if (regimes.length > 0)
    warnings.push({
      kind: "regime",
      message: `Trials trained differently (${regimes.map(({ field, values }) => `${field} ${values.join(", ")}`).join("; ")}): a difference may be the training's, not the space's.`,
      differences: regimes,
    });
  if (seeds.length > 0)
    warnings.push({
      kind: "seed",
      message: `Trials of different seeds (${seeds[0]!.values.join(", ")}): part of a difference is the draw's.`,
      differences: seeds,
    });
  return warnings;
}

/** Names of data sets under which these trials had different images, with the digests of those. */
function replacedImages(observations: readonly Observation[]): MixtureWarning["differences"] {
  const known = observations.filter(({ dataDigest }) => dataDigest !== undefined);
  return [...new Set(known.map(({ dataset }) => dataset))].flatMap((name) =>
    differing(
      name,
      known.filter(({ dataset }) => dataset === name),
      ({ dataDigest }) => dataDigest!,
    ),
  );
}

/**
 * What a reader must know of a comparison of these groups: mixtures within all of them, trials that two of them share,
 * networks with several seeds and networks that rules cut.
 */
export function groupWarnings(
  groups: readonly { readonly name: string; readonly observations: readonly Observation[] }[],
): MixtureWarning[] {
  const ids = groups.map(({ observations }) => new Set(observations.map(({ id }) => id)));
  const overlaps = groups.flatMap(({ name }, i) =>
    groups.slice(i + 1).flatMap((other) => {
      const shared = other.observations.filter(({ id }) => ids[i]!.has(id)).length;
      return shared > 0 ? [`${name} and ${other.name} ${shared}`] : [];
    }),
  );
  const counting = groups.flatMap(({ name, observations }) =>
    countingNotes(name, observations).map(
      (message) => ({ kind: "counting", message, differences: [] }) as const,
    ),
  );
  const mixtures = [...mixtureWarnings(groups.flatMap(({ observations }) => observations)), ...counting];
  if (overlaps.length === 0) return mixtures;
  const message = `Groups share trials (${overlaps.join(", ")}): tests take them for independent and understate their differences.`;
  return [...mixtures, { kind: "overlap", message, differences: [{ field: "trials", values: overlaps }] }];
}

function regimeFields(observations: readonly Observation[]): string[] {
  const fields = new Set<string>();
  for (const { regime } of observations)
    for (const field of Object.keys(regime)) if (field !== "dataset") fields.add(field);
  return [...fields];
}

function differing(
  field: string,
  observations: readonly Observation[],
  of: (observation: Observation) => string,
): MixtureWarning["differences"] {
  const values = new Set(observations.map(of));
  return values.size > 1 ? [{ field, values: [...values] }] : [];
}

function text(value: unknown): string {
  return value === undefined ? "none" : String(value);
}
