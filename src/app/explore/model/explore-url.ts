import { InputError, type InputProblem, parseInput } from "../../../engine/math/input-error.ts";
import { defaultBaseline } from "../families/baseline.ts";
import type { Family, Knob, Point, Values } from "../families/family.ts";
import { defaultFamily, families, familyOf } from "../families/registry.ts";
import { defaultImages, type Images, imagesSchema, kindOf, smallImages } from "./images.ts";
import { problemsOf } from "./network.ts";

/** What the address of the Explore page holds. */
export interface ExploreAddress {
  readonly family: Family;
  readonly point: Point;
  /** Of the samples that the network is placed among, and of Randomize. */
  readonly seed: number;
  /** How many networks Randomize has drawn. */
  readonly draw: number;
}

export interface ReadAddress {
  readonly address: ExploreAddress;
  /** What could not be used; defaults stand in its place. */
  readonly problems: readonly InputProblem[];
}

const imageKeys = { side: "res", channels: "ch", classes: "classes", stemWidth: "sw" } as const;
type ImageNumber = keyof typeof imageKeys;
const largestSeed = 0xffffffff;

/** `#/explore?f=regnetx&stem=small&d=9&w0=16&wa=11.3&wm=2.31&b=1&g=8`: what is at its default is left out, knobs never. */
export function exploreHash({ family, point, seed, draw }: ExploreAddress): string {
  const { values, images, baseline } = point;
  const query = new URLSearchParams({ f: family.id, stem: images.stem });
  const usual = defaultImages(kindOf(images));
  for (const key of imageNumbers) if (images[key] !== usual[key]) query.set(imageKeys[key], `${images[key]}`);
  if (family.kind === "scaling") query.set("base", baseline);
  for (const { key, short } of family.knobs(images)) query.set(short, [values[key]].flat().join(","));
  if (seed !== 1) query.set("seed", `${seed}`);
  if (draw !== 0) query.set("draw", `${draw}`);
  // "," is legal in a query and easier to read.
  return `#/explore?${query.toString().replaceAll("%2C", ",")}`;
}

const imageNumbers = Object.keys(imageKeys) as ImageNumber[];

/** Reads an address back. Every part that cannot be used is named and takes its default; the others count. */
export function readExploreHash(hash: string): ReadAddress {
  const query = new URLSearchParams(hash.split("?").slice(1).join("?"));
  const problems: InputProblem[] = [];
  const family = readFamily(query, problems);
  const images = readImages(query, problems);
  const point = readPoint(query, family, images, problems);
  const seed = readWhole(query, "seed", 1, largestSeed, problems);
  const draw = readWhole(query, "draw", 0, 1e9, problems);
  return { address: { family, point, seed, draw }, problems };
}

function readFamily(query: URLSearchParams, problems: InputProblem[]): Family {
  const id = query.get("f");
  if (id === null) return defaultFamily;
  const family = familyOf(id);
  if (family !== undefined) return family;
  const known = families.map((one) => one.id).join(", ");
  problems.push({ path: "f", message: `${JSON.stringify(id)} is not allowed; expected one of ${known}` });
  return defaultFamily;
}

function readImages(query: URLSearchParams, problems: InputProblem[]): Images {
  let images = smallImages;
  const stem = query.get("stem");
  if (stem !== null) {
    const { shape } = imagesSchema;
    const read = shape.stem.safeParse(stem);
    if (read.success) {
      images = { ...defaultImages(kindOf({ stem: read.data })), stem: read.data };
    } else {
      const expected = shape.stem.options.join(", ");
      problems.push({
        path: "stem",
        message: `${JSON.stringify(stem)} is not allowed; expected ${expected}`,
      });
    }
  }
  for (const key of imageNumbers) {
    const text = query.get(imageKeys[key]);
    if (text === null) continue;
    try {
      images = parseInput(imagesSchema, { ...images, [key]: numberOf(text) });
    } catch (error) {
      problems.push(...renamed(error, () => imageKeys[key]));
    }
  }
  return images;
}

function readPoint(query: URLSearchParams, family: Family, images: Images, problems: InputProblem[]): Point {
  const start = family.start(images);
  const knobs = family.knobs(images);
  let point: Point = { values: start, images, baseline: defaultBaseline };
  const base = query.get("base");
  if (base !== null && family.kind === "scaling") {
    const wanted = { ...point, baseline: base };
    const wrong = problemsOf(family, wanted);
    if (wrong.length === 0) point = wanted;
    else problems.push(...wrong.map(({ message }) => ({ path: "base", message })));
  }
  const given: Record<string, number | number[]> = {};
  for (const knob of knobs) {
    const text = query.get(knob.short);
    if (text !== null) given[knob.key] = readValue(text, knob);
  }
  if (Object.keys(given).length === 0) return point;
  // All at once, since lists must have one length; what is named wrong goes back to its default.
  let values: Values = { ...start, ...given };
  for (let attempt = 0; attempt < 2; attempt++) {
    const wrong = problemsOf(family, { ...point, values });
    if (wrong.length === 0) return { ...point, values };
    const keys = new Set(wrong.map(({ path }) => path.split(/[.[]/)[0]!));
    if (attempt === 0) problems.push(...wrong.map((problem) => shortened(problem, knobs)));
    values = Object.fromEntries(
      Object.entries(values).map(([key, value]) => [key, keys.has(key) ? start[key]! : value]),
    );
  }
  return problemsOf(family, { ...point, values }).length === 0 ? { ...point, values } : point;
}

function readValue(text: string, { stages }: Knob): number | number[] {
  return stages === "none" ? numberOf(text) : text.split(",").map(numberOf);
}

/** NaN for what is no number: the schema then says what is expected. */
function numberOf(text: string): number {
  return /^-?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/i.test(text.trim()) ? Number(text) : Number.NaN;
}

function readWhole(
  query: URLSearchParams,
  key: string,
  usual: number,
  most: number,
  problems: InputProblem[],
): number {
  const text = query.get(key);
  if (text === null) return usual;
  const value = numberOf(text);
  if (Number.isInteger(value) && value >= 0 && value <= most) return value;
  const message = `${text} is not allowed; expected a whole number from 0 to ${most}`;
  problems.push({ path: key, message });
  return usual;
}

/** Problems by the names of the address. */
function shortened({ path, message }: InputProblem, knobs: readonly Knob[]): InputProblem {
  const key = path.split(/[.[]/)[0]!;
  const knob = knobs.find((one) => one.key === key);
  return { path: knob === undefined ? path : knob.short + path.slice(key.length), message };
}

function renamed(error: unknown, name: () => string): InputProblem[] {
  if (error instanceof InputError) return error.problems.map(({ message }) => ({ path: name(), message }));
  throw error;
}
