import type { RunState } from "../../src/app/study/state/run-store.ts";
import type { ViewState } from "../../src/app/study/state/view-store.ts";
import { defaultStudy, type Study } from "../../src/engine/sweep/study.ts";
import type { Trial } from "../../src/engine/sweep/trial.ts";
import { inventedLive, inventedTrials, largeStudy } from "./invented.ts";

export interface GalleryState {
  readonly draft?: Study;
  readonly run: Partial<RunState>;
  readonly view?: Partial<ViewState>;
}

const device = { executor: "wasm", device: "wasm relaxed-simd, 1 thread" } as const;
const complete = inventedTrials(largeStudy, 1);
const partly = inventedTrials(largeStudy, 0.73);
const small = inventedTrials(defaultStudy, 1);
const base = { device, imagesPerSecond: 1240, study: largeStudy, studyId: "invented" };
const studies = [
  {
    id: "invented",
    name: largeStudy.name,
    createdAt: 1.75e12,
    updatedAt: 1.75e12,
    settled: 141,
    total: 192,
    populations: largeStudy.populations.map((each) => each.name),
    interrupted: 0,
    archive: false,
  },
  {
    id: "other",
    name: "Two stages or three?",
    createdAt: 1.74e12,
    updatedAt: 1.74e12,
    settled: 16,
    total: 16,
    populations: ["AnyNetXA", "RegNetX"],
    interrupted: 0,
    archive: false,
  },
];

/** The same trials under other numbers: a long table and steep curves. */
function repeated(trials: ReadonlyMap<string, Trial>, times: number): Map<string, Trial> {
  return new Map(
    [...trials.values()].flatMap((trial) =>
      Array.from({ length: times }, (_, i) => {
        const id = `${trial.id}-${i}`;
        const error = trial.error === null ? null : trial.error + i * 1e-4;
        return [id, { ...trial, id, index: trial.index * times + i, error }] as const;
      }),
    ),
  );
}

export const galleryStates: Readonly<Record<string, GalleryState>> = {
  empty: { run: { device } },
  starting: { run: { ...base, phase: "starting" } },
  running: {
    run: {
      ...base,
      phase: "running",
      trials: partly,
      live: inventedLive(largeStudy, partly),
      progress: {
        studyId: "invented",
        trials: { settled: partly.size, total: 192 },
        fraction: 0.73,
        step: 40,
        steps: 160,
        etaMs: 250_000,
      },
    },
  },
  paused: { run: { ...base, phase: "paused", trials: partly } },
  stopped: { run: { ...base, phase: "stopped", trials: partly, studies } },
  complete: { run: { ...base, phase: "complete", trials: complete, studies } },
  many: { run: { ...base, phase: "running", trials: repeated(complete, 10) } },
  small: { run: { ...base, phase: "complete", study: defaultStudy, trials: small, studies } },
  crashed: {
    run: {
      ...base,
      phase: "failed",
      trials: partly,
      failure: { message: "The training worker stopped answering.", crashed: true },
    },
  },
  shard: {
    run: {
      ...base,
      study: defaultStudy,
      phase: "failed",
      failure: {
        message:
          "fashion-mnist/train-000.bin: cannot be read (the server answers 404). To write it anew: npm run data -- fashion-mnist --force",
        crashed: false,
      },
    },
  },
  nosimd: {
    run: {
      deviceFailure:
        "This browser has no WebAssembly SIMD. Firefox 89, Chrome 91, Safari 16.4 and later versions have it.",
    },
  },
  badlink: {
    run: { device },
    view: { badLink: "populations[0].count: 5000 is not allowed; expected a whole number from 1 to 1000" },
  },
  diverged: {
    run: {
      ...base,
      study: defaultStudy,
      phase: "complete",
      trials: inventedTrials(defaultStudy, 1, "diverged"),
    },
  },
  invalid: {
    draft: { ...defaultStudy, regime: { ...defaultStudy.regime, batch: 4096 } },
    run: { device },
  },
};
