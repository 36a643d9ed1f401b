import type { ProfileRequest } from "../bench/profile-network.ts";
import type { Roofline } from "../bench/roofline.ts";
import type { DatasetFacts } from "../data/catalogue.ts";
import { InputError } from "../math/input-error.ts";
import { type Executor, ExecutorError } from "../runtime/executor.ts";
import { createControl, type RunControl } from "../runtime/worker/control.ts";
import { isOutOfMemory } from "../runtime/worker/out-of-memory.ts";
import type { Handlers, RpcServer } from "../runtime/worker/rpc.ts";
import { createYield } from "../runtime/worker/yield.ts";
import type { LoadedData } from "../training/load-data.ts";
import type { Regime } from "../training/regime.ts";
import type { TrainingData } from "../training/trainer.ts";
import { drawTrial } from "./population.ts";
import type {
  DeviceInfo,
  ExecutorOffers,
  PopulationPreview,
  PreviewOptions,
  StartedSweep,
  SweepEvents,
  SweepOptions,
  SweepRequests,
  SweepSummary,
  TuningState,
} from "./protocol.ts";
import { runSweep } from "./scheduler.ts";
import { totalTrials } from "./scheduling.ts";
import { StoreFullError } from "./store/room.ts";
import type { SweepStore } from "./store/store.ts";
import { isDrawn, type Population, parseStudy, type Study } from "./study.ts";
import { alone, type ClaimStudy, StudyBusyError } from "./study-claim.ts";
import { studyId } from "./study-id.ts";
import type { TrialTrainer } from "./sweep-run.ts";
import { isSettled } from "./trial.ts";
import type { Tuner } from "./tuner.ts";

/** What the service is made of; the worker's entry supplies the real ones, tests supply others. */
export interface ServiceParts {
  readonly store: SweepStore;
  /** Made once per set of options and kept. */
  readonly openDevice: (options: DeviceOptions) => Promise<OpenDevice>;
  /** Told of a device that was found to compute wrong while it was used: openDevice gives another from then on. */
  readonly refuseDevice?: (reason: string) => void;
  readonly profile: (
    request: ProfileRequest,
    executor: Executor,
    onProgress: (share: number) => void,
  ) => Promise<Roofline>;
  /** Where devices can be tuned. */
  readonly tuner?: Tuner;
  /** What devices there are. */
  readonly offers: () => Promise<ExecutorOffers>;
  readonly loadData: (executor: Executor, regime: Regime) => Promise<LoadedData>;
  /** What networks must know of a data set. */
  readonly factsOf: (dataset: string) => Promise<DatasetFacts>;
  /** A trainer that works on this executor, with these data. */
  readonly trainer: (executor: Executor, data: TrainingData) => TrialTrainer;
  readonly version: string;
  /** Makes sure that no other tab runs or changes the study. */
  readonly claim?: ClaimStudy;
}

/** What the page asks for, and what the study's regime does. */
export interface DeviceOptions extends SweepOptions {
  readonly reproducible?: boolean;
}

export interface OpenDevice {
  readonly executor: Executor;
  readonly info: DeviceInfo;
}

/** Devices that one run may lose, or find to compute wrong: a driver that fails more often than this will fail again. */
const mostLosses = 3;

interface Equipment {
  readonly executor: Executor;
  readonly recorded: Awaited<ReturnType<SweepStore["open"]>>;
  readonly data: LoadedData;
}

/** A sweep under way. */
interface Active {
  readonly studyId: string;
  readonly control: RunControl;
  readonly ended: Promise<void>;
}

/** The worker's side of the sweep protocol, free of anything a browser has. */
export class SweepService {
  readonly #parts: ServiceParts;
  readonly #emit: RpcServer<SweepEvents>["emit"];
  #active: Active | undefined;
  #stopTuning = new AbortController();
  /** What is open, and the options that it was asked for with. */
  #device: { readonly keys: Set<string>; readonly opened: Promise<OpenDevice> } | undefined;
  #opening: Promise<unknown> = Promise.resolve();

  constructor(parts: ServiceParts, emit: RpcServer<SweepEvents>["emit"]) {
    this.#parts = parts;
    this.#emit = emit;
  }

  get handlers(): Handlers<SweepRequests> {
    return {
      startSweep: (study, options) => this.#start(study, options),
      pause: () => this.#pause(),
      resume: () => this.#resume(),
      setDuty: (duty) => {
        if (this.#active) this.#active.control.duty = duty;
      },
      stop: () => this.#stop(),
      listStudies: () => this.#parts.store.list(),
      loadStudy: async (id) => {
        const stored = await this.#parts.store.load(id);
        // What this worker is training now is not interrupted.
        return stored && this.#active?.studyId === id ? { ...stored, interrupted: [] } : stored;
      },
      previewPopulation: (population, options) => this.#preview(population, options),
      // Asking must not change the device that is in use.
      device: async (options = {}) => (await this.#deviceFor(options)).info,
      executors: () => this.#parts.offers(),
      speedsOf: (device) => this.#parts.store.speedsOf(device),
      profile: (request, options) => this.#profile(request, options),
      tuning: (options) => this.#tuning(options),
      tune: (options) => this.#tune(options),
      stopTuning: () => this.#stopTuning.abort(),
      untune: (options) => this.#untune(options),
    };
  }

  async #start(input: Study, options: SweepOptions): Promise<StartedSweep> {
    if (this.#active) throw new Error("a study is running already; stop it first");
    const study = parseStudy(input);
    const id = studyId(study);
    const { duty = 1 } = options;
    const control = createControl({ duty, onHeld: () => this.#emit("paused", { studyId: id }) });
    let end = () => {};
    // Taken before anything is awaited, so that a second start meets it.
    this.#active = { studyId: id, control, ended: new Promise((resolve) => (end = resolve)) };
    let release = () => {};
    const finish = () => {
      this.#active = undefined;
      release();
      end();
    };
    try {
      release = await this.#claim(id);
      const equipment = await this.#equip(study, id, options);
      const { recorded } = equipment;
      // Runs on after this request is answered.
      void this.#run(study, id, equipment, options, control).finally(finish);
      const trials = totalTrials(study);
      return { studyId: id, trials, recorded: recorded.filter(isSettled).length };
    } catch (error) {
      finish();
      throw error;
    }
  }

  /** What gives the claim back. @throws StudyBusyError where another tab has it */
  async #claim(id: string): Promise<() => void> {
    const { claim = alone } = this.#parts;
    const release = await claim(id);
    if (release === undefined) throw new StudyBusyError();
    return release;
  }

  /** What a run of a study needs: the device, the data on it, and what is recorded. */
  async #equip(study: Study, id: string, options: SweepOptions): Promise<Equipment> {
    const reproducible = study.regime.reproducible === true;
    const { executor, info } = await this.#openDevice({ ...options, reproducible });
    const recorded = await this.#parts.store.open(id, study);
    const data = await this.#parts.loadData(executor, study.regime);
    this.#emit("device", info);
    return { executor, recorded, data };
  }

  /**
   * A lost device is opened anew, a few times, and one that computes wrong is replaced: the trial that it took along is
   * trained again.
   */
  async #run(
    study: Study,
    id: string,
    equipment: Equipment,
    options: SweepOptions,
    control: RunControl,
  ): Promise<void> {
    // The answer to the request goes out before the first event.
    await createYield()();
    let current = equipment;
    for (let losses = 0; ; losses++) {
      try {
        this.#emit("finished", await this.#sweep(study, id, current, options, control));
        return;
      } catch (error) {
        const code = error instanceof ExecutorError ? error.code : undefined;
        if (code === "wrong") this.#parts.refuseDevice?.(describeFailure(error).message);
        const again = (code === "lost" || code === "wrong") && losses < mostLosses;
        if (!again) {
          this.#emit("failed", { studyId: id, ...describeFailure(error) });
          return;
        }
      } finally {
        current.data.dispose();
      }
      try {
        await this.#closeDevice();
        current = await this.#equip(study, id, options);
      } catch (error) {
        this.#emit("failed", { studyId: id, ...describeFailure(error) });
        return;
      }
    }
  }

  #sweep(
    study: Study,
    id: string,
    { executor, recorded, data }: Equipment,
    { retryFailed, giveUp }: SweepOptions,
    control: RunControl,
  ): Promise<SweepSummary> {
    const { store, trainer, version } = this.#parts;
    const emit = this.#emit;
    return runSweep({
      study,
      studyId: id,
      dataset: data.facts,
      dataDigest: data.digest,
      recorded,
      retryFailed,
      giveUp,
      train: trainer(executor, data),
      recorder: store,
      listener: {
        trialStarted: (trial) => emit("trialStarted", trial),
        epoch: (event) => emit("epoch", event),
        trialDone: (trial) => emit("trialDone", trial),
        progress: (progress) => emit("progress", progress),
      },
      control,
      device: executor.device,
      version,
      speeds: store,
    });
  }

  #pause(): void {
    if (!this.#active || this.#active.control.paused) return;
    this.#active.control.pause();
  }

  #resume(): void {
    if (!this.#active?.control.paused) return;
    this.#active.control.resume();
    this.#emit("resumed", { studyId: this.#active.studyId });
  }

  async #stop(): Promise<void> {
    const active = this.#active;
    active?.control.stop();
    await active?.ended;
  }

  async #preview(population: Population, options: PreviewOptions): Promise<PopulationPreview> {
    const { populations, regime, seed } = parseStudy({
      version: 1,
      seed: options.seed,
      populations: [population],
      regime: { dataset: options.dataset, batch: options.batch, images: Math.max(options.batch, 2_048) },
    });
    const dataset = await this.#parts.factsOf(regime.dataset);
    const yieldToEvents = createYield();
    const drawn = [];
    const [only] = populations;
    const count = isDrawn(only!) ? options.count : Math.min(only!.count, options.count);
    for (let index = 0; index < count; index++) {
      drawn.push(drawTrial({ studyId: "preview", seed, regime, dataset }, only!, index));
      await yieldToEvents();
    }
    return {
      population: population.name,
      accepted: drawn.length,
      drawn: drawn.reduce((sum, { draws }) => sum + draws, 0),
      networks: drawn.map(({ network }) => network),
    };
  }

  async #profile(request: ProfileRequest, options: SweepOptions): Promise<Roofline> {
    if (this.#active) throw new Error("a study is being trained; stop it first");
    const { executor } = await this.#openDevice(options);
    try {
      return await this.#parts.profile(request, executor, (share) => this.#emit("profiling", { share }));
    } catch (error) {
      if (error instanceof ExecutorError && error.code === "wrong") {
        this.#parts.refuseDevice?.(error.message);
        // A run that began meanwhile finds it out by itself.
        if (!this.#active) await this.#closeDevice();
      }
      throw error;
    }
  }

  /** What is in use while a study runs, whatever the options. */
  #deviceFor(options: SweepOptions): Promise<OpenDevice> {
    return (this.#active && this.#device?.opened) ?? this.#openDevice(options);
  }

  async #tuning(options: SweepOptions): Promise<TuningState | undefined> {
    const { executor } = await this.#deviceFor(options);
    return this.#parts.tuner?.state(executor);
  }

  async #tune(options: SweepOptions): Promise<TuningState> {
    const { executor, tuner } = await this.#tunable(options);
    this.#stopTuning = new AbortController();
    const tell = (share: number) => this.#emit("tuning", { share });
    const state = await tuner.tune(executor, tell, this.#stopTuning.signal);
    // A run that began meanwhile keeps the device as it is.
    if (!this.#active) await this.#closeDevice();
    return state;
  }

  async #untune(options: SweepOptions): Promise<TuningState | undefined> {
    const { executor, tuner } = await this.#tunable(options);
    await tuner.untune(executor);
    if (!this.#active) await this.#closeDevice();
    return this.#tuning(options);
  }

  async #tunable(options: SweepOptions) {
    if (this.#active) throw new Error("a study is being trained; stop it first");
    const { executor } = await this.#openDevice(options);
    const { tuner } = this.#parts;
    if (tuner === undefined) throw new ExecutorError("unsupported", "devices cannot be tuned here");
    return { executor, tuner };
  }

  async #closeDevice(): Promise<void> {
    const before = await this.#device?.opened.catch(() => undefined);
    this.#device = undefined;
    await before?.executor.dispose();
  }

  /** One at a time: requests that come together must not open a device each. */
  #openDevice(options: DeviceOptions): Promise<OpenDevice> {
    const opened = this.#opening.then(() => this.#keptOrOpened(options));
    this.#opening = opened.catch(() => {});
    return opened;
  }

  async #keptOrOpened(options: DeviceOptions): Promise<OpenDevice> {
    const key = JSON.stringify([options.executor, options.threads, options.reproducible === true]);
    if (!this.#device?.keys.has(key)) {
      // A GPU that was taken as the best there is, and is chosen by name now, stays, with all that it has compiled.
      const now = await this.#device?.opened.catch(() => undefined);
      const same = now?.info.executor === "webgpu" && options.executor === "webgpu" && !options.reproducible;
      if (this.#device === undefined || !same) {
        await this.#closeDevice();
        this.#device = { keys: new Set(), opened: this.#parts.openDevice(options) };
      }
      this.#device.keys.add(key);
    }
    const { opened } = this.#device;
    try {
      return await opened;
    } catch (error) {
      // The next request may try again.
      if (this.#device?.opened === opened) this.#device = undefined;
      throw error;
    }
  }
}

function describeFailure(error: unknown): Omit<SweepEvents["failed"], "studyId"> {
  if (isOutOfMemory(error)) return { message: (error as Error).message, outOfMemory: true };
  if (error instanceof StoreFullError) return { message: error.message, full: true };
  if (error instanceof InputError && error.problems.length === 1) return { ...error.problems[0]! };
  return { message: error instanceof Error ? error.message : String(error) };
}
