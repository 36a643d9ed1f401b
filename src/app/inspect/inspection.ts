import { createStore } from "zustand/vanilla";
import {
  type LatencyBackend,
  type LatencyKey,
  latencyKey,
  latencySpreadKey,
} from "../../engine/sweep/latency-key.ts";
import type { InspectorConnection } from "./worker/connect.ts";
import type { ClassifiedBatch, Guess, InspectedTrial, OpenedModel } from "./worker/protocol.ts";

/** A test image and what the network makes of it. */
export interface ClassifiedImage {
  /** In the test set. */
  readonly index: number;
  readonly label: number;
  /** H·W·C bytes. */
  readonly pixels: Uint8Array;
  /** Best first. */
  readonly guesses: readonly Guess[];
}

export interface InspectionState {
  /** Why the network cannot be inspected, or what went wrong since. */
  readonly failure: string | undefined;
  readonly opened: OpenedModel | undefined;
  /** On which the images are, or were, classified. */
  readonly backend: LatencyBackend | undefined;
  readonly images: readonly ClassifiedImage[];
  readonly complete: boolean;
  /** Milliseconds by the keys of a trial's measurements. */
  readonly measured: Readonly<Record<string, number>>;
  /** What is being measured. */
  readonly measuring: LatencyKey | undefined;
}

export interface Inspection {
  readonly store: ReturnType<typeof createInspectionStore>;
  open(): Promise<void>;
  classifyOn(backend: LatencyBackend): Promise<void>;
  /** All backends, one image and 64. */
  measureAll(): Promise<void>;
  /** The archive's bytes; undefined if it failed, and the state says why. */
  save(): Promise<Uint8Array<ArrayBuffer> | undefined>;
}

export const latencyBatches = [1, 64] as const;

function createInspectionStore(measured: Readonly<Record<string, number>>) {
  return createStore<InspectionState>()(() => ({
    failure: undefined,
    opened: undefined,
    backend: undefined,
    images: [],
    complete: false,
    measured,
    measuring: undefined,
  }));
}

/**
 * The inspection of one trained trial, over a connection to its worker.
 *
 * @param measured what was measured of it before
 * @param onMeasured told of all measurements so far, after each
 */
export function createInspection(
  trial: InspectedTrial,
  { client }: Pick<InspectorConnection, "client">,
  measured: Readonly<Record<string, number>>,
  onMeasured: (measured: Readonly<Record<string, number>>) => void,
): Inspection {
  const store = createInspectionStore(measured);
  client.on("classified", (batch) => {
    // What was still on its way from the backend before.
    if (batch.backend !== store.getState().backend) return;
    store.setState(({ images }) => ({ images: [...images, ...imagesOf(batch)] }));
  });

  /** A failed request is told in the state. */
  async function guarded<T>(request: () => Promise<T>): Promise<T | undefined> {
    try {
      return await request();
    } catch (error) {
      store.setState({ failure: error instanceof Error ? error.message : String(error) });
      return undefined;
    }
  }

  const classifyOn = (backend: LatencyBackend) =>
    guarded(async () => {
      store.setState({ backend, images: [], complete: false, failure: undefined });
      const complete = await client.call("classify", backend);
      if (store.getState().backend === backend) store.setState({ complete });
    });

  return {
    store,
    open: () =>
      guarded(async () => {
        const opened = await client.call("open", trial);
        store.setState({ opened });
        const [best] = opened.backends;
        if (best !== undefined) await classifyOn(best.name);
      }),
    classifyOn,
    measureAll: () =>
      guarded(async () => {
        try {
          const { backends = [] } = store.getState().opened ?? {};
          for (const { name: backend } of backends) {
            for (const batch of latencyBatches) {
              const key = { backend, batch };
              store.setState({ measuring: key, failure: undefined });
              const { median, spread } = await client.call("measure", key);
              const added = { [latencyKey(key)]: median, [latencySpreadKey(key)]: spread };
              store.setState((state) => ({ measured: { ...state.measured, ...added } }));
              onMeasured(store.getState().measured);
            }
          }
        } finally {
          store.setState({ measuring: undefined });
        }
      }),
    save: () => guarded(() => client.call("save")),
  };
}

function imagesOf({ from, labels, pixels, guesses }: ClassifiedBatch): ClassifiedImage[] {
  const elements = pixels.length / labels.length;
  return Array.from(labels, (label, n) => ({
    index: from + n,
    label,
    pixels: pixels.subarray(n * elements, (n + 1) * elements),
    guesses: guesses[n]!,
  }));
}

/** The class the network takes the image for. */
export function givenLabel({ guesses }: ClassifiedImage): number {
  return guesses[0]!.label;
}

export function isMistake(image: ClassifiedImage): boolean {
  return givenLabel(image) !== image.label;
}

/** Which images are shown: all, mistakes, or those of one cell of the confusion matrix. */
export interface ImageFilter {
  readonly mistakesOnly: boolean;
  readonly cell: { readonly actual: number; readonly given: number } | undefined;
}

/** In the order of the test set; mistakes the surest first, which say most. */
export function shownImages(
  images: readonly ClassifiedImage[],
  { mistakesOnly, cell }: ImageFilter,
): readonly ClassifiedImage[] {
  if (cell !== undefined)
    return images.filter((image) => image.label === cell.actual && givenLabel(image) === cell.given);
  if (!mistakesOnly) return images;
  return images
    .filter(isMistake)
    .sort((a, b) => b.guesses[0]!.probability - a.guesses[0]!.probability || a.index - b.index);
}
