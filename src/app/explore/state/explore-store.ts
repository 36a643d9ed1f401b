import { createStore } from "zustand/vanilla";
import { InputError, type InputProblem, parseInput } from "../../../engine/math/input-error.ts";
import { type Family, listAt, type Point, type Values } from "../families/family.ts";
import type { ExploreAddress } from "../model/explore-url.ts";
import { type Images, imagesSchema } from "../model/images.ts";
import { type ExploredNetwork, explore } from "../model/network.ts";

/** What was entered and is not legal. The network keeps its last legal value. */
export interface Refused {
  readonly value: number;
  readonly message: string;
}

/** The network under the user's hands: always legal. */
export interface ExploreState extends ExploreAddress {
  /** The network of family and point. */
  readonly network: ExploredNetwork;
  /** By place: `depth`, `widths[1]`, `side`. */
  readonly refused: Readonly<Record<string, Refused>>;
  /** What was wrong with the address that was opened. */
  readonly badLink: readonly InputProblem[];
  /** Shows what an address holds. */
  open(address: ExploreAddress, badLink: readonly InputProblem[]): void;
  dismissBadLink(): void;
  setFamily(family: Family): void;
  setBaseline(baseline: string): void;
  /** One value of one knob; the other stages of a shared knob, and those that are bound to it, follow. */
  setValue(key: string, stage: number | undefined, value: number): void;
  setStages(count: number): void;
  setImages(change: Partial<Images>): void;
  take(point: Point): void;
  /** The next network of the family's population. */
  randomize(): void;
  /** Another sample of the population. */
  resample(): void;
}

export type ExploreStore = ReturnType<typeof createExploreStore>;

export function createExploreStore(start: ExploreAddress, badLink: readonly InputProblem[] = []) {
  return createStore<ExploreState>()((set, get) => {
    /** Values of families left, to come back to. */
    const left = new Map<string, Values>();

    /** Takes the point if it is a network; else gives what keeps it from being one. */
    const take = (point: Point, also: Partial<ExploreState> = {}): readonly InputProblem[] => {
      try {
        const network = explore(also.family ?? get().family, point);
        set({ refused: {}, ...also, point, network });
        return [];
      } catch (error) {
        if (error instanceof InputError) return error.problems;
        throw error;
      }
    };

    /** Takes a changed point, or says at `place` why not; what is refused elsewhere stays so. */
    const attempt = (point: Point, place: string, value: number) => {
      const { [place]: _, ...refused } = get().refused;
      const problems = take(point, { refused });
      if (problems.length === 0) return;
      set({ refused: { ...refused, [place]: { value, message: refusal(problems, place) } } });
    };

    return {
      ...start,
      network: explore(start.family, start.point),
      refused: {},
      badLink,
      open: (address, problems) => take(address.point, { ...address, badLink: problems }),
      dismissBadLink: () => set({ badLink: [] }),
      setFamily(family) {
        const { family: old, point, network } = get();
        if (family === old) return;
        left.set(old.id, point.values);
        const fresh = family.start(point.images);
        const values = family.adopt?.(network.spec) ?? left.get(family.id) ?? fresh;
        if (take({ ...point, values }, { family, draw: 0 }).length > 0)
          take({ ...point, values: fresh }, { family, draw: 0 });
      },
      setBaseline(baseline) {
        const { family, point } = get();
        const wanted = { ...point, baseline };
        if (take(wanted).length > 0) take({ ...wanted, values: family.start(point.images) });
      },
      setValue(key, stage, value) {
        const { family, point } = get();
        const changed = changedValues(family, point, key, stage, value);
        const values = Number.isFinite(value) ? (family.settle?.(changed, key, stage) ?? changed) : changed;
        attempt({ ...point, values }, placeOf(key, stage), value);
      },
      setStages(count) {
        const { point } = get();
        const values = Object.fromEntries(
          Object.entries(point.values).map(([key, value]) => [
            key,
            typeof value === "number" ? value : resized(value, count),
          ]),
        );
        take({ ...point, values });
      },
      setImages(change) {
        const [[place, value] = ["", Number.NaN]] = Object.entries(change);
        const wanted = { ...get().point.images, ...change };
        try {
          attempt({ ...get().point, images: parseInput(imagesSchema, wanted) }, place, Number(value));
        } catch (error) {
          if (!(error instanceof InputError)) throw error;
          const message = refusal(error.problems, place);
          set({ refused: { ...get().refused, [place]: { value: Number(value), message } } });
        }
      },
      take: (point) => {
        take(point);
      },
      randomize() {
        const { family, point, seed, draw } = get();
        const { values } = family.population(point).draw(seed, draw);
        take({ ...point, values }, { draw: draw + 1 });
      },
      resample: () => set({ seed: get().seed + 1, draw: 0 }),
    };
  });
}

/** `depth`, `widths[1]`: as the engine names it. */
export function placeOf(key: string, stage: number | undefined): string {
  return stage === undefined ? key : `${key}[${stage}]`;
}

function changedValues(
  family: Family,
  { values, images }: Point,
  key: string,
  stage: number | undefined,
  value: number,
): Values {
  const knob = family.knobs(images).find((one) => one.key === key);
  if (knob === undefined || knob.stages === "none") return { ...values, [key]: value };
  const list = listAt(values, key);
  const changed = list.map((old, i) => (knob.stages === "shared" || i === stage ? value : old));
  return { ...values, [key]: changed };
}

/** Longer lists repeat their last value. */
function resized(list: readonly number[], count: number): number[] {
  return Array.from({ length: count }, (_, i) => list[Math.min(i, list.length - 1)]!);
}

/** Why, without the place where it is shown. */
function refusal(problems: readonly InputProblem[], place: string): string {
  const key = place.split("[")[0]!;
  const [first] = problems;
  if (first === undefined) return "";
  return first.path.startsWith(key) ? first.message : `${first.path}: ${first.message}`;
}
