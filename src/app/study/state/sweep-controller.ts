import type { ProfileRequest } from "../../../engine/bench/profile-network.ts";
import type { Roofline } from "../../../engine/bench/roofline.ts";
import { isOutOfMemory } from "../../../engine/runtime/worker/out-of-memory.ts";
import type { RpcClient } from "../../../engine/runtime/worker/rpc.ts";
import type {
  DeviceInfo,
  PopulationPreview,
  StartedSweep,
  StoredStudy,
  SweepEvents,
  SweepOptions,
  SweepRequests,
  TuningState,
} from "../../../engine/sweep/protocol.ts";
import { totalTrials } from "../../../engine/sweep/scheduling.ts";
import type { Population, Study } from "../../../engine/sweep/study.ts";
import { studyId } from "../../../engine/sweep/study-id.ts";
import { isSettled, type Trial, trialName } from "../../../engine/sweep/trial.ts";
import type { RelayedEvent } from "../../worker/run-relay.ts";
import { type ChoiceStorage, type DeviceChoice, writeChoice, writeDuty } from "./device-choice.ts";
import type { OtherTabs } from "./other-tabs.ts";
import { type CompleteEpochs, noEnds, recoveryAfter, type WorkerEnd } from "./recovery.ts";
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
  /** Starts a study or goes on with it. */
  run(study: Study, more?: { readonly retryFailed?: boolean }): Promise<void>;
  /** Trains with this from the next run on, and remembers it. */
  choose(choice: DeviceChoice): Promise<void>;
  /** Works this share of the time from the next step on, in this run and later ones, and remembers it. */
  setDuty(duty: number): Promise<void>;
  /** Where the time of a network's training step goes on the chosen device. */
  profile(request: ProfileRequest, onProgress: (share: number) => void): Promise<Roofline>;
  /** How the chosen device computes; undefined where there is nothing to tune. */
  tuning(): Promise<TuningState | undefined>;
  /** Finds how it computes fastest, for now and later; ends early, rejecting, when the signal says so. */
  tune(onProgress: (share: number) => void, signal: AbortSignal): Promise<TuningState>;
  untune(): Promise<TuningState | undefined>;
  /** Finds out what can be trained with. */
  askOffers(): Promise<void>;
  /** Rates of the cost model, learned on the device that is in use; none before a trial was trained on it. */
  speeds(): Promise<readonly number[]>;
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
  /** Reads the list of kept studies anew. */
  refresh(): Promise<void>;
  /** A kept study has another name from now on. */
  renamed(id: string, name: string): void;
  /** A kept study is no longer: where it is shown, the set-up opens. */
  forgotten(id: string): void;
  /** Back to an open set-up. What is recorded stays recorded. */
  reset(): void;
  preview(population: Population, study: Study): Promise<PopulationPreview>;
}

/** Draws per preview: enough to tell 1% from 10%, few enough to answer while a slider moves. */
const previewCount = 16;
/** Charts follow a run this often. */
const updateInterval = 250;
/** How long a dead worker's claim on its study is waited for. */
const releaseMs = 2_000;

type Change = (state: RunState) => Partial<RunState>;

export function createSweepController(
  run: RunStore,
  connect: () => SweepConnection,
  tabs: OtherTabs,
  storage?: ChoiceStorage,
): SweepController {
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
  let ends = noEnds;
  /** Runs that the user began. */
  let runs = 0;
  /** When the worker was told to run its study last. */
  let startedRun = 0;
  /** Failed trials that the run is still to train again. */
  let toRetry: readonly string[] = [];
  /** Ends when this tab shows or runs another study. */
  let watching = new AbortController();
  run.subscribe(({ phase, studyId }, before) => {
    if (before.phase === "elsewhere" && (phase !== "elsewhere" || studyId !== before.studyId))
      watching.abort();
  });

  function open(): SweepConnection {
    const opened = connect();
    const { client } = opened;
    for (const event of ["trialStarted", "epoch", "trialDone", "progress"] as const)
      client.on(event, (payload) => batcher.add(changeOf({ event, payload } as TrainingEvent)));
    client.on("paused", () => at({ phase: "paused" }));
    client.on("resumed", () => at({ phase: "running" }));
    client.on("finished", ({ outcome }) => {
      at({
        phase: outcome === "complete" ? "complete" : "stopped",
        live: undefined,
      });
      void refreshStudies();
    });
    client.on("trialDone", ({ id }) => {
      toRetry = toRetry.filter((each) => each !== id);
    });
    client.on("failed", ({ message, path, full, outOfMemory }) => {
      if (outOfMemory) return void revive(`The training worker had no memory left: ${message}`);
      at({
        phase: "failed",
        live: undefined,
        failure: { message, path, crashed: false, ...(full === undefined ? {} : { full }) },
      });
    });
    client.on("device", (device) => {
      at({ device });
      const { offers, choice } = run.getState();
      // A GPU that a network has shown to compute wrong is not offered any more.
      if (offers !== undefined && device.executor !== (choice.executor ?? offers.automatic))
        askOffers().catch(() => {});
    });
    opened.onCrash((reason) => {
      if (opened === connection) void revive(reason);
    });
    return opened;
  }

  /** The worker is gone, or of no more use: another takes its place, and goes on with what this one was at. */
  async function revive(reason: string): Promise<void> {
    batcher.flush();
    connection.terminate();
    connection.client.close(reason);
    const { phase, study, ready } = run.getState();
    if (!ready) {
      // It never answered at all: another one would not either.
      at({ ready: true, deviceFailure: reason });
      return;
    }
    connection = open();
    if (study === undefined) return;
    if (phase === "elsewhere") return guarded(() => watch(studyId(study)));
    if (!isActive(phase)) return;
    const goesOn = phase === "starting" || phase === "running";
    at({ phase: goesOn ? "starting" : "stopped", live: undefined });
    await guarded(() => recover(study, { at: Date.now(), reason }, goesOn));
  }

  /** Shows what is recorded, and goes on from there unless the run was about to stop or gets no further. */
  async function recover(
    study: Study,
    end: Pick<WorkerEnd, "at" | "reason">,
    goesOn: boolean,
  ): Promise<void> {
    const [own, begun, id] = [connection, runs, studyId(study)];
    /** The study as it is shown, while no later end, no run and no other study has taken this one's place. */
    const current = () => {
      const { study: shown } = run.getState();
      const same = shown !== undefined && studyId(shown) === id;
      return same && own === connection && begun === runs ? shown : undefined;
    };
    const stored = await own.client.call("loadStudy", id);
    if (current() === undefined) return;
    if (stored !== undefined) at({ studyId: id, trials: byId(stored), interrupted: stored.interrupted });
    const epochs = completeEpochs(stored, new Set(toRetry));
    // The store knows better than the page, which a dying worker does not reach.
    const underWay = stored?.interrupted.find(({ startedAt }) => startedAt >= startedRun);
    const recovery = recoveryAfter({ ...end, epochs, trialId: underWay?.trialId }, ends);
    ends = recovery.ends;
    const trial = underWay && { name: trialName(underWay), epochs: underWay.epochs.length };
    const loss = { ...end, times: ends.all, trial };
    if (!goesOn) return at({ loss: { ...loss, outcome: "waits" } });
    if (recovery.action === "stop") {
      at({
        phase: "failed",
        loss: { ...loss, outcome: "waits" },
        failure: {
          message: `${end.reason}, ${ends.inARow.length} times without a finished epoch between`,
          crashed: true,
        },
      });
      return;
    }
    const giveUp = recovery.action === "give up" ? recovery.trial : undefined;
    at({ loss: { ...loss, outcome: giveUp ? "given up" : "goes on" } });
    // The dead worker's claim on the study ends with it, but not before it.
    await tabs.released(id, AbortSignal.timeout(releaseMs)).catch(() => {});
    const shown = current();
    if (shown === undefined) return;
    // The user may have stopped the run meanwhile.
    if (run.getState().phase === "stopping") at({ phase: "stopped" });
    if (run.getState().phase !== "starting") return;
    toRetry = toRetry.filter((each) => each !== giveUp?.trialId);
    await start(shown, { retryFailed: toRetry, giveUp });
  }

  /** Shows what another tab records of the study as it comes, until that tab ends its run. */
  async function watch(id: string): Promise<void> {
    watching.abort();
    watching = new AbortController();
    const { signal } = watching;
    at({ phase: "elsewhere" });
    tabs.follow((told) => {
      if (told.studyId === id && isTraining(told)) batcher.add(changeOf(told));
    }, signal);
    try {
      // What was recorded between the reading of the study and now.
      const stored = await connection.client.call("loadStudy", id);
      if (stored !== undefined && !signal.aborted)
        run.setState((state) => ({ trials: new Map([...byId(stored), ...state.trials]) }));
      await tabs.released(id, signal);
      // It may have recorded what it did not live to tell.
      if (!signal.aborted) await show(id);
    } catch (error) {
      if (!signal.aborted) throw error;
    }
  }

  async function show(id: string, as?: Study): Promise<Study | undefined> {
    const stored = await connection.client.call("loadStudy", id);
    if (stored === undefined) return undefined;
    const study = as ?? stored.study;
    const elsewhere = (await tabs.running()).has(id);
    at({
      ...emptyRun,
      studyId: id,
      study,
      origin: stored.origin,
      trials: byId(stored),
      interrupted: elsewhere ? [] : stored.interrupted,
      phase: elsewhere ? "elsewhere" : isComplete(study, stored.trials) ? "complete" : "stopped",
    });
    if (elsewhere) void guarded(() => watch(id));
    return study;
  }

  async function refreshStudies(): Promise<void> {
    at({ studies: await connection.client.call("listStudies") });
  }

  /** undefined where another tab runs the study: it is shown instead. */
  async function start(study: Study, more: SweepOptions): Promise<StartedSweep | undefined> {
    startedRun = Date.now();
    try {
      return await connection.client.call("startSweep", study, { ...optionsFor(study), ...more });
    } catch (error) {
      if (!(error instanceof Error && error.name === "StudyBusyError")) throw error;
      if ((await show(studyId(study), study)) === undefined) throw error;
      return undefined;
    }
  }

  /** Errors of a request become the state that the page shows. */
  async function guarded(action: () => Promise<void>): Promise<void> {
    const asked = connection;
    try {
      await action();
    } catch (error) {
      // Its worker ended: whoever replaces it decides what becomes of the run.
      if (asked !== connection) return;
      if (isOutOfMemory(error))
        return void revive(`The training worker had no memory left: ${messageOf(error)}`);
      at({ phase: "failed", live: undefined, failure: { message: messageOf(error), crashed: false } });
    }
  }

  async function askOffers(): Promise<void> {
    at({ offers: await connection.client.call("executors") });
  }

  /** A stored choice that does not work any more gives way to what does. */
  async function openChosen(choice: DeviceChoice): Promise<DeviceInfo> {
    try {
      return await connection.client.call("device", choice);
    } catch (error) {
      if (choice.executor === undefined) throw error;
      const device = await connection.client.call("device", {});
      at({ choice: {} });
      return { ...device, note: `What was chosen before does not work: ${messageOf(error)}.` };
    }
  }

  function optionsFor({ regime }: Study): SweepOptions {
    const { choice, duty } = run.getState();
    // A GPU's results are not the same on every machine.
    const device = regime.reproducible && choice.executor === "webgpu" ? {} : choice;
    return { ...device, duty };
  }

  return {
    async begin() {
      const { client } = connection;
      // Not waited for: an adapter's kernels take seconds to compile, and what is kept can be shown meanwhile.
      const opened = openChosen(run.getState().choice).then(
        (device) => at({ device }),
        (error: unknown) => at({ deviceFailure: messageOf(error) }),
      );
      try {
        at({ studies: await client.call("listStudies") });
      } catch (error) {
        await opened;
        if (run.getState().deviceFailure !== undefined) return;
        at({ failure: { message: `This browser keeps no studies: ${messageOf(error)}`, crashed: false } });
      }
    },
    run: (study, more = {}) =>
      guarded(async () => {
        void tabs.keepStorage().catch(() => false);
        ends = noEnds;
        runs += 1;
        toRetry = more.retryFailed ? failedOf(run.getState()) : [];
        at({ ...emptyRun, study, phase: "starting" });
        const started = await start(study, more);
        if (started === undefined) return;
        at({ studyId: started.studyId });
        if (started.recorded === 0) return;
        const stored = await connection.client.call("loadStudy", started.studyId);
        if (stored !== undefined)
          run.setState((state) => ({ trials: new Map([...byId(stored), ...state.trials]) }));
      }),
    async choose(choice) {
      writeChoice(storage, choice);
      at({ choice });
      try {
        at({ device: await connection.client.call("device", choice), deviceFailure: undefined });
      } catch (error) {
        at({ deviceFailure: messageOf(error) });
      }
    },
    setDuty: (duty) =>
      guarded(async () => {
        writeDuty(storage, duty);
        at({ duty });
        if (isActive(run.getState().phase)) await connection.client.call("setDuty", duty);
      }),
    async speeds() {
      const { device } = run.getState();
      return device === undefined ? [] : connection.client.call("speedsOf", device.device);
    },
    async profile(request, onProgress) {
      const { client } = connection;
      const off = client.on("profiling", ({ share }) => onProgress(share));
      try {
        return await client.call("profile", request, run.getState().choice);
      } finally {
        off();
      }
    },
    tuning: () => connection.client.call("tuning", run.getState().choice),
    async tune(onProgress, signal) {
      const { client } = connection;
      const off = client.on("tuning", ({ share }) => onProgress(share));
      const stop = () => void client.call("stopTuning");
      signal.addEventListener("abort", stop);
      try {
        return await client.call("tune", run.getState().choice);
      } finally {
        off();
        signal.removeEventListener("abort", stop);
      }
    },
    untune: () => connection.client.call("untune", run.getState().choice),
    askOffers,
    pause: () =>
      guarded(async () => {
        at({ phase: "pausing" });
        await connection.client.call("pause");
      }),
    resume: () => guarded(() => connection.client.call("resume")),
    stop: () =>
      guarded(async () => {
        at({ phase: "stopping" });
        await connection.client.call("stop");
      }),
    open: show,
    load: (id) => connection.client.call("loadStudy", id),
    refresh: refreshStudies,
    renamed(id, name) {
      const { study, studyId: shown } = run.getState();
      if (shown === id && study !== undefined) at({ study: { ...study, name } });
    },
    forgotten(id) {
      if (run.getState().studyId === id) at({ ...emptyRun });
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

/** What a run tells of its training, here or in another tab. */
type TrainingEvent = {
  [K in "trialStarted" | "epoch" | "trialDone" | "progress"]: {
    readonly event: K;
    readonly payload: SweepEvents[K];
  };
}["trialStarted" | "epoch" | "trialDone" | "progress"];

function isTraining(told: RelayedEvent): told is RelayedEvent & TrainingEvent {
  return ["trialStarted", "epoch", "trialDone", "progress"].includes(told.event);
}

function changeOf({ event, payload }: TrainingEvent): Change {
  switch (event) {
    case "trialStarted":
      return ({ phase }) => ({
        live: { ...payload, epochs: [] },
        phase: phase === "starting" ? "running" : phase,
      });
    case "epoch":
      return ({ live }) =>
        live?.trialId === payload.trialId
          ? { live: { ...live, epochs: [...live.epochs, payload.epoch] } }
          : {};
    case "trialDone":
      return (state) => recorded(state, payload);
    case "progress":
      return (state) => ({
        progress: payload,
        imagesPerSecond: payload.imagesPerSecond ?? state.imagesPerSecond,
      });
  }
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

/** A trial that went on from a record has more than its record; one that is to be trained again begins anew. */
function completeEpochs(stored: StoredStudy | undefined, toRetry: ReadonlySet<string>): CompleteEpochs {
  const { trials = [], interrupted = [] } = stored ?? {};
  return new Map([
    ...trials.map(({ id, epochs }) => [id, toRetry.has(id) ? 0 : epochs.length] as const),
    ...interrupted.map(({ trialId, epochs }) => [trialId, epochs.length] as const),
  ]);
}

function failedOf({ trials }: RunState): string[] {
  return [...trials.values()].filter(({ status }) => status === "failed").map(({ id }) => id);
}

function isComplete(study: Study, trials: readonly Trial[]): boolean {
  return trials.filter(isSettled).length >= totalTrials(study);
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : String(error);
}
