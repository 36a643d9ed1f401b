import type { BlockShape } from "../../../engine/network/adjust.ts";
import type { Complexity } from "../../../engine/network/complexity.ts";
import type { NetworkSpec } from "../../../engine/network/spec.ts";
import type { ParamInfo } from "../../../engine/spaces/param-info.ts";
import type { NetworkParams, SpaceId } from "../../../engine/spaces/registry.ts";
import { type Images, type ImagesKind, kindOf } from "../model/images.ts";

/** Values of a family's knobs by key: one number, or a list of one a stage. */
export type Values = Readonly<Record<string, number | readonly number[]>>;

/** Everything a network is made of on this page. */
export interface Point {
  readonly values: Values;
  readonly images: Images;
  /** Id of the published network that a scaling rule scales; spaces ignore it. */
  readonly baseline: string;
}

/** A parameter under the user's hand. */
export interface Knob {
  /** The field of the family's params; errors name it. */
  readonly key: string;
  /** Its name in the address. */
  readonly short: string;
  readonly info: ParamInfo;
  /** A list has one value a stage; `shared` ones move together. */
  readonly stages: "none" | "each" | "shared";
  /** Where its slider stops, ascending: what is worth a visit. Its field takes all that is legal. */
  readonly stops: readonly number[];
  /** Decimal places; 0 for whole numbers. */
  readonly decimals: number;
}

/** A number that follows from the knobs, to be shown beside them. */
export interface Derived {
  readonly symbol: string;
  readonly label: string;
  readonly value: number;
  readonly text: string;
}

export interface Built {
  readonly spec: NetworkSpec;
  /** Where the family is a design space. */
  readonly params?: NetworkParams;
  /** u_j, where widths follow a line. */
  readonly line?: readonly number[];
  /** What every stage asked for before pycls' rule made it fit. */
  readonly requested?: readonly BlockShape[];
  readonly derived?: readonly Derived[];
}

export interface Drawn {
  readonly values: Values;
  readonly cost: Complexity;
}

/** The networks among which this one is placed. */
export interface PopulationOf {
  /** "RegNetX, 4 stages, 224×224". */
  readonly label: string;
  /** Equal keys draw equal networks. */
  readonly key: string;
  /** Network `index` of the population of `seed`; a function of both alone. */
  draw(seed: number, index: number): Drawn;
}

export interface Preset {
  readonly id: string;
  readonly label: string;
  readonly point: Point;
}

/** A family of networks: a design space, or a scaling rule over a baseline. */
export interface Family {
  readonly id: string;
  readonly label: string;
  readonly kind: "space" | "scaling";
  /** One line: what is free and what is bound. */
  readonly description: string;
  /** The paper. */
  readonly source: string;
  knobs(images: Images): readonly Knob[];
  /** A good place to begin. */
  start(images: Images): Values;
  /** @throws InputError naming the knob whose value is not allowed, and what is */
  build(point: Point): Built;
  population(point: Point): PopulationOf;
  /** Published networks of the family. */
  presets(): readonly Preset[];
  /** Families of published networks that it is compared with. */
  readonly relatives: readonly string[];
  /** The space that a study draws from; undefined where a study has no such space. */
  readonly space?: SpaceId;
  /** Numbers of stages to choose from, where the knobs do not decide it. */
  readonly stageCounts?: readonly number[];
  /** What else a change moves, in families whose knobs are bound to one another. */
  settle?(values: Values, key: string, stage: number | undefined): Values;
  /** The values that give these stages, if the family has them. */
  adopt?(spec: NetworkSpec): Values | undefined;
}

/** Knobs that depend on the kind of images alone, made once for each. */
export function knobsByKind(
  make: (kind: ImagesKind) => readonly Knob[],
): (images: Images) => readonly Knob[] {
  const made = { small: make("small"), imagenet: make("imagenet") };
  return (images) => made[kindOf(images)];
}

export function numberAt(values: Values, key: string): number {
  const value = values[key];
  return typeof value === "number" ? value : Number.NaN;
}

export function listAt(values: Values, key: string): readonly number[] {
  const value = values[key];
  return Array.isArray(value) ? value : [];
}
