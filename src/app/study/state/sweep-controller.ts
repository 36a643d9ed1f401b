import type { RpcClient } from "../../../engine/runtime/worker/rpc.ts";
import type {
  PopulationPreview,
  StoredStudy,
  SweepEvents,
  SweepRequests,
} from "../../../engine/sweep/protocol.ts";
import type { Population, Study } from "../../../engine/sweep/study.ts";
import { isSettled, type Trial } from "../../../engine/sweep/trial.ts";
import { emptyRun, isActive, type RunState, type RunStore } from "./run-store.ts";
import { createBatcher } from "./throttle.ts";

/** A worker and the line to it. */
export interface SweepConnection {
  readonly client: RpcClient<SweepRequests, SweepEvents>;
  /** Calls back once if the worker dies or cannot start. */
  onCrash(listener: (reason: string) => void): void;
  terminate(): void;
}

/** What the page can ask for; the answers arrive in the run store. */
export interface SweepController {
  /** Asks for the device and the kept studies. */
  begin(): Promise<void>;
  run(study: Study): Promise<void>;
  pause(): Promise<void>;
  resume(): Promise<void>;
  stop(): Promise<void>;
  /**
   * Shows a kept study; undefined if there is none with this id. `as` is the same study with another name or other
   * counts, which do not change its id.
   */
  open(id: string, as?: Study): Promise<Study | undefined>;
  /** Reads a kept study without showing it; undefined if there is none with this id. */
  load(id: string): Promise<StoredStudy | undefined>;
  forget(id: string): Promise<void>;
  /** Back to an open set-up. What is recorded stays recorded. */
  reset(): void;
  preview(population: Population, study: Study): Promise<PopulationPreview>;
}

/** Draws per preview: enough to tell 1% from 10%, few enough to answer while a slider moves. */
const previewCount = 16;
/** Charts follow a run this often. */
const updateInterval = 250;

type Change = (state: RunState) => Partial<RunState>;

export function createSweepController(run: RunStore, connect: () => SweepConnection): SweepController {
  const batcher = createBatcher<Change>(updateInterval, (changes) => {
    let next = run.getState();
    for (const change of changes) next = { ...next, ...change(next) };
    run.setState(next);
  });
  const at = (change: Partial<RunState>) => {
    batcher.flush();
    run.setState(change);
  };
  let connection = open();

  function open(): SweepConnection {
    const opened = connect();
    const { client } = opened;
    client.on("trialStarted", (trial) =>
      batcher.add(({ phase }) => ({
        live: { ...trial, epochs: [] },
        phase: phase === "starting" ? "running" : phase,
      })),
    );
    client.on("epoch", ({ trialId, epoch }) =>
      batcher.add(({ live }) =>
        live?.trialId === trialId ? { live: { ...live, epochs: [...live.epochs, epoch] } } : {},
      ),
    );
    client.on("trialDone", (trial) => batcher.add((state) => recorded(state, trial)));
    client.on("progress", (progress) =>
      batcher.add((state) => ({
        progress,
        imagesPerSecond: progress.imagesPerSecond ?? state.imagesPerSecond,
      })),
    );
    client.on("paused", () => at({ phase: "paused" }));
    client.on("resumed", () => at({ phase: "running" }));
    client.on("finished", ({ outcome }) => {
      at({
        phase: outcome === "complete" ? "complete" : "stopped",
        live: undefined,
      });
      void refreshStudies();
    });
    client.on("failed", ({ message, path }) =>
      at({ phase: "failed", live: undefined, failure: { message, path, crashed: false } }),
    );
    client.on("device", (device) => at({ device }));
    opened.onCrash((reason) => void revive(reason));
    return opened;
  }

  /** The worker is gone: another takes its place, and shows what the dead one had recorded. */
  async function revive(reason: string): Promise<void> {
    connection.client.close(reason);
    connection.terminate();
    const { phase, studyId, ready } = run.getState();
    const failure = { message: reason, crashed: true };
    batcher.flush();
    if (!ready) {
      // It never answered at all: another one would not either.
      at({ ready: true, deviceFailure: reason });
      return;
    }
    connection = open();
    if (!isActive(phase)) return;
    at({ phase: "failed", live: undefined, failure });
    if (studyId === undefined) return;
    const stored = await connection.client.call("loadStudy", studyId);
    if (stored !== undefined) at({ trials: byId(stored), interrupted: stored.interrupted });
  }

  async function refreshStudies(): Promise<void> {
    at({ studies: await connection.client.call("listStudies") });
  }

  /** Errors of a request become the state that the page shows. */
  async function guarded(action: () => Promise<void>): Promise<void> {
    try {
      await action();
    } catch (error) {
      if (run.getState().failure?.crashed) return;
      at({ phase: "failed", live: undefined, failure: { message: messageOf(error), crashed: false } });
    }
  }

  return {
    async begin() {
      const { client } = connection;
      const [device, studies] = await Promise.allSettled([client.call("device"), client.call("listStudies")]);
      if (device.status === "fulfilled") at({ device: device.value });
      else at({ deviceFailure: messageOf(device.reason) });
      if (studies.status === "fulfilled") at({ studies: studies.value });
      else if (device.status === "fulfilled")
        at({
          failure: { message: `This browser keeps no studies: ${messageOf(studies.reason)}`, crashed: false },
        });
    },
    run: (study) =>
      guarded(async () => {
        at({ ...emptyRun, study, phase: "starting" });
        const started = await connection.client.call("startSweep", study, {});
        at({ studyId: started.studyId });
        if (started.recorded === 0) return;
        const stored = await connection.client.call("loadStudy", started.studyId);
        if (stored !== undefined)
          run.setState((state) => ({ trials: new Map([...byId(stored), ...state.trials]) }));
      }),
    pause: () => guarded(() => connection.client.call("pause")),
    resume: () => guarded(() => connection.client.call("resume")),
    stop: () =>
      guarded(async () => {
        at({ phase: "stopping" });
        await connection.client.call("stop");
      }),
    async open(id, as) {
      const stored = await connection.client.call("loadStudy", id);
      if (stored === undefined) return undefined;
      const study = as ?? stored.study;
      at({
        ...emptyRun,
        studyId: id,
        study,
        trials: byId(stored),
        interrupted: stored.interrupted,
        phase: isComplete(study, stored.trials) ? "complete" : "stopped",
      });
      return study;
    },
    load: (id) => connection.client.call("loadStudy", id),
    async forget(id) {
      await connection.client.call("deleteStudy", id);
      if (run.getState().studyId === id) at({ ...emptyRun });
      await refreshStudies();
    },
    reset: () => at({ ...emptyRun }),
    preview: (population, { seed, regime }) =>
      connection.client.call("previewPopulation", population, {
        seed,
        dataset: regime.dataset,
        batch: regime.batch,
        count: previewCount,
      }),
  };
}

function recorded(state: RunState, trial: Trial): Partial<RunState> {
  return {
    trials: new Map(state.trials).set(trial.id, trial),
    live: state.live?.trialId === trial.id ? undefined : state.live,
    interrupted: state.interrupted.filter(({ trialId }) => trialId !== trial.id),
  };
}

function byId({ trials }: StoredStudy): Map<string, Trial> {
  return new Map(trials.map((trial) => [trial.id, trial]));
}

function isComplete({ populations }: Study, trials: readonly Trial[]): boolean {
  const total = populations.reduce((sum, { count }) => sum + count, 0);
  return trials.filter(isSettled).length >= total;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
