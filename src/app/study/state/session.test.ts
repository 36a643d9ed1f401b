import "fake-indexeddb/auto";
import { afterEach, describe, expect, test } from "vitest";
import { createFakeExecutor, fakeImages } from "../../../../test/fixtures/fake-executor.ts";
import { fakeTrainer, smallStudy } from "../../../../test/fixtures/fake-training.ts";
import { storage } from "../../../../test/fixtures/full-storage.ts";
import { profileNetwork } from "../../../engine/bench/profile-network.ts";
import { findDataset } from "../../../engine/data/catalogue.ts";
import { ExecutorError } from "../../../engine/runtime/executor.ts";
import {
  createClient,
  createServer,
  type Endpoint,
  type RpcServer,
} from "../../../engine/runtime/worker/rpc.ts";
import type { SweepEvents, SweepRequests } from "../../../engine/sweep/protocol.ts";
import { SweepService } from "../../../engine/sweep/service.ts";
import { SweepStore } from "../../../engine/sweep/store/store.ts";
import { defaultStudy } from "../../../engine/sweep/study.ts";
import { encodeStudy } from "../../../engine/sweep/study-url.ts";
import type { TrialJob } from "../../../engine/sweep/sweep-run.ts";
import { lossText } from "../setup/loss-text.ts";
import { noOtherTabs, type OtherTabs } from "./other-tabs.ts";
import type { RunState } from "./run-store.ts";
import type { Services } from "./services.tsx";
import { startSession } from "./session.ts";
import type { SweepConnection } from "./sweep-controller.ts";

const cleanups: (() => void)[] = [];
afterEach(() => {
  storage.full = () => false;
  for (const cleanup of cleanups.splice(0)) cleanup();
});

let databases = 0;

/** A browser: its database outlives sessions, and its worker can be killed. */
function browser(
  trainDelay?: (job: TrialJob, epoch: number) => void | Promise<void>,
  load: () => void | Promise<void> = () => {},
) {
  const name = `session ${++databases}`;
  let hash = "";
  const kept = new Map<string, string>();
  const storage = {
    getItem: (key: string) => kept.get(key) ?? null,
    setItem: (key: string, value: string) => void kept.set(key, value),
  };
  let kill: ((reason: string) => void) | undefined;
  const connect = (): SweepConnection => {
    const { port1, port2 } = new MessageChannel();
    const store = new SweepStore({ name });
    const server: { current?: RpcServer<SweepEvents> } = {};
    const service = new SweepService(
      {
        store,
        profile: (request, executor, onProgress) => profileNetwork(request, { executor }, onProgress),
        offers: async () => ({
          webgpu: { available: false, reason: "fake" },
          wasm: { available: false, reason: "fake", cores: 1, suggested: 1 },
          automatic: "reference",
        }),
        openDevice: async ({ executor = "reference", threads }) => {
          if (executor === "webgpu") throw new ExecutorError("unsupported", "this browser has no WebGPU");
          const info = { executor, device: "fake", ...(threads === undefined ? {} : { threads }) };
          return { executor: createFakeExecutor(), info };
        },
        loadData: async () => {
          await load();
          return {
            facts: findDataset("fashion-mnist")!,
            train: fakeImages(64),
            test: fakeImages(32),
            dispose() {},
          };
        },
        factsOf: async (name) => findDataset(name)!,
        trainer: () => fakeTrainer(trainDelay),
        version: "0",
      },
      (event, payload) => server.current?.emit(event, payload),
    );
    server.current = createServer<SweepRequests, SweepEvents>(port1 as Endpoint, service.handlers);
    const close = () => {
      port1.close();
      port2.close();
    };
    cleanups.push(close);
    return {
      client: createClient<SweepRequests, SweepEvents>(port2 as Endpoint),
      onCrash(listener) {
        kill = (reason) => {
          close();
          listener(reason);
        };
      },
      terminate: close,
    };
  };
  return {
    open(address = hash, tabs = noOtherTabs): Services {
      hash = address;
      const bar = {
        read: () => hash,
        write: (next: string) => {
          hash = next;
        },
        onChange: () => {},
      };
      return startSession(connect, bar, tabs, storage);
    },
    get hash() {
      return hash;
    },
    kill: (reason: string) => kill?.(reason),
  };
}

/** Resolves when the run is in a state. */
function until({ run }: Services, reached: (state: RunState) => boolean): Promise<RunState> {
  return new Promise((resolve) => {
    if (reached(run.getState())) return resolve(run.getState());
    const off = run.subscribe((state) => {
      if (!reached(state)) return;
      off();
      resolve(state);
    });
  });
}

test("the first visit shows the default set-up and keeps a clean address", async () => {
  const window = browser();
  const session = window.open();
  const { phase, device } = await until(session, ({ ready, device }) => ready && device !== undefined);
  expect([phase, device?.device]).toEqual(["idle", "fake"]);
  expect(session.draft.getState().study).toEqual(defaultStudy);
  expect(window.hash).toBe("");
});

test("a chosen executor is remembered; one that does not work gives way to the best there is, with the reason", async () => {
  const window = browser();
  const first = window.open();
  await until(first, ({ ready }) => ready);
  await first.sweep.choose({ executor: "wasm", threads: 2 });
  expect(first.run.getState().device).toMatchObject({ executor: "wasm", threads: 2 });
  const second = await until(window.open(), ({ ready, device }) => ready && device !== undefined);
  expect(second.choice).toEqual({ executor: "wasm", threads: 2 });
  expect(second.device).toMatchObject({ executor: "wasm", threads: 2 });
  await first.sweep.choose({ executor: "webgpu" });
  expect(first.run.getState().deviceFailure).toBe("this browser has no WebGPU");
  const third = await until(window.open(), ({ ready, device }) => ready && device !== undefined);
  expect(third.choice).toEqual({});
  expect(third.device).toMatchObject({
    executor: "reference",
    note: "What was chosen before does not work: this browser has no WebGPU.",
  });
});

test("the share of the time is remembered, told at the start of a run and followed while it runs", async () => {
  const worked: number[] = [];
  const session: { current?: Services } = {};
  const window = browser(async ({ control }) => {
    worked.push(control.duty);
    if (worked.length === 1) await session.current?.sweep.setDuty(0.75);
  });
  session.current = window.open();
  await until(session.current, ({ ready }) => ready);
  await session.current.sweep.setDuty(0.5);
  await session.current.sweep.run(smallStudy);
  await until(session.current, ({ phase }) => phase === "complete");
  expect(worked).toEqual([0.5, ...Array(11).fill(0.75)]);

  const second = await until(window.open(""), ({ ready }) => ready);
  expect(second.duty).toBe(0.75);
});

test("a link restores its set-up, and the address follows changes", async () => {
  const window = browser();
  const session = window.open(`#/study?${encodeStudy(smallStudy)}`);
  await until(session, ({ ready }) => ready);
  expect(session.draft.getState().study).toEqual(smallStudy);
  session.draft.getState().editRegime({ epochs: 7 });
  expect(window.hash).toContain("epochs=7");
});

test("a bad link is named, field by field, and the defaults stand", async () => {
  const session = browser().open("#/study?v=1&p=name:a,space:regnetx,count:5000");
  await until(session, ({ ready }) => ready);
  expect(session.view.getState().badLink).toBe(
    "populations[0].count: 5000 is not allowed; expected a whole number from 1 to 1000",
  );
  expect(session.draft.getState().study).toEqual(defaultStudy);
});

test("an unknown key alone in the address is named like other bad links", async () => {
  const session = browser().open("#/study?s=garbage");
  await until(session, ({ ready }) => ready);
  expect(session.view.getState().badLink).toMatch(/^s: unknown key; a study is v=1 and p=/);
  expect(session.draft.getState().study).toEqual(defaultStudy);
});

test("a study that ran is found again, by its address and without one", async () => {
  const window = browser();
  const session = window.open();
  await until(session, ({ ready }) => ready);
  await session.sweep.run(smallStudy);
  const done = await until(session, ({ phase }) => phase === "complete");
  expect(done.trials.size).toBe(6);

  for (const address of [window.hash, ""]) {
    const { phase, study, trials } = await until(window.open(address), ({ ready }) => ready);
    expect([phase, study, trials.size]).toEqual(["complete", smallStudy, 6]);
  }
});

test("a full storage ends the run with what to do; what is recorded stays, and Resume goes on when there is room", async () => {
  let trained = 0;
  const session = browser(() => {
    if (++trained === 6) storage.full = () => true;
  }).open();
  await until(session, ({ ready }) => ready);
  await session.sweep.run(smallStudy);
  const { failure, trials } = await until(session, ({ phase }) => phase === "failed");
  expect(failure).toMatchObject({ full: true, crashed: false });
  expect(failure?.message).toMatch(/Every trial recorded so far is kept\. Export .* then resume$/);
  expect(trials.size).toBe(2);
  storage.full = () => false;
  await session.sweep.run(smallStudy);
  expect((await until(session, ({ phase }) => phase === "complete")).trials.size).toBe(6);
  // Only the epoch that found no room was trained again.
  expect(trained).toBe(12 + 1);
});

test("a link to a recorded study with more networks goes on where it stood", async () => {
  const window = browser();
  const session = window.open();
  await until(session, ({ ready }) => ready);
  await session.sweep.run(smallStudy);
  await until(session, ({ phase }) => phase === "complete");
  const larger = {
    ...smallStudy,
    populations: smallStudy.populations.map((population) => ({ ...population, count: population.count + 1 })),
  };
  const next = window.open(`#/study?${encodeStudy(larger)}`);
  const { phase, trials } = await until(next, ({ ready }) => ready);
  expect([phase, trials.size]).toEqual(["stopped", 6]);
});

describe("a worker that ends before its run", () => {
  /** Never comes back: the worker is at it when it is killed. */
  const never = () => new Promise<void>(() => {});

  test("is replaced, and the study goes on by itself from the last epoch", async () => {
    let trained = 0;
    const epochs: number[] = [];
    const window = browser((_, epoch) => {
      epochs.push(epoch);
      return ++trained === 6 ? never() : undefined;
    });
    const session = window.open();
    await until(session, ({ ready }) => ready);
    await session.sweep.run(smallStudy);
    await until(session, ({ trials, live }) => trials.size === 2 && live?.epochs.length === 1);
    window.kill("gone");
    const done = await until(session, ({ phase }) => phase === "complete");
    expect(done.trials.size).toBe(6);
    expect(done.failure).toBeUndefined();
    const third = smallStudy.populations[1]!.name;
    expect(done.loss).toMatchObject({ reason: "gone", times: 1, outcome: "goes on", trial: { epochs: 1 } });
    expect(lossText(done.loss!)).toMatch(
      new RegExp(`^gone \\(at \\d.*\\)\\. Training went on from epoch 1 of .*${third}.* by itself\\.$`, "i"),
    );
    // The second epoch of the third trial was begun twice, no other one.
    expect(epochs).toEqual([1, 2, 1, 2, 1, 2, 2, 1, 2, 1, 2, 1, 2]);
  });

  test("and does so again and again in one trial: that one fails, and the others are trained", async () => {
    const window = browser(({ trial }, epoch) => {
      if (trial.index !== 1 || trial.population !== "line" || epoch !== 2) return;
      setTimeout(() => window.kill("Out of memory"));
      return never();
    });
    const session = window.open();
    await until(session, ({ ready }) => ready);
    await session.sweep.run(smallStudy);
    const done = await until(session, ({ phase }) => phase === "complete");
    const failed = [...done.trials.values()].filter(({ status }) => status !== "done");
    expect(failed).toMatchObject([
      {
        index: 1,
        population: "line",
        status: "failed",
        error: null,
        reason: "the training worker ended 4 times in the same epoch, last: Out of memory",
        epochs: [{ epoch: 1 }],
      },
    ]);
    expect(done.loss).toMatchObject({ times: 4, outcome: "given up" });
    expect(lossText(done.loss!)).toContain("is recorded as failed");
    expect(done.interrupted).toEqual([]);
  });

  test("before it trains anything: the run stops after so many, with the reason, and can be resumed", async () => {
    let healthy = false;
    const window = browser(undefined, () => {
      if (healthy) return;
      setTimeout(() => window.kill("gone"));
      return never();
    });
    const session = window.open();
    await until(session, ({ ready }) => ready);
    void session.sweep.run(smallStudy);
    const { failure, loss } = await until(session, ({ phase }) => phase === "failed");
    expect(failure).toEqual({ message: "gone, 4 times without a finished epoch between", crashed: true });
    expect(loss).toMatchObject({ times: 4, outcome: "waits" });
    healthy = true;
    await session.sweep.run(smallStudy);
    expect((await until(session, ({ phase }) => phase === "complete")).trials.size).toBe(6);
  });

  test("for want of memory outside a trial is replaced too", async () => {
    let loads = 0;
    const window = browser(undefined, () => {
      if (++loads === 1) throw new RangeError("Array buffer allocation failed");
    });
    const session = window.open();
    await until(session, ({ ready }) => ready);
    await session.sweep.run(smallStudy);
    const done = await until(session, ({ phase }) => phase === "complete");
    expect(done.loss?.reason).toContain("no memory left: Array buffer allocation failed");
  });

  /** The claim of a dead worker ends when the test says so. */
  function held() {
    const waiting: (() => void)[] = [];
    const tabs: OtherTabs = {
      ...noOtherTabs,
      released: () => new Promise((resolve) => void waiting.push(resolve)),
    };
    const asked = async (times: number) => {
      while (waiting.length < times) await new Promise((resolve) => setTimeout(resolve, 1));
    };
    const release = () => {
      for (const resolve of waiting) resolve();
    };
    return { tabs, asked, release };
  }

  test("and whose successor ends while the claim is waited for: the study is gone on with once", async () => {
    let trained = 0;
    const { tabs, asked, release } = held();
    const window = browser(() => (++trained === 4 ? never() : undefined));
    const session = window.open(undefined, tabs);
    await until(session, ({ ready }) => ready);
    await session.sweep.run(smallStudy);
    await until(session, ({ live }) => live?.epochs.length === 1 && trained === 4);
    window.kill("first");
    await asked(1);
    window.kill("second");
    await asked(2);
    release();
    const { failure, loss } = await until(session, ({ phase }) => phase === "complete" || phase === "failed");
    expect(failure).toBeUndefined();
    expect(loss).toMatchObject({ reason: "second", times: 2 });
  });

  test("does not touch another study that is begun meanwhile", async () => {
    let trained = 0;
    const { tabs, asked, release } = held();
    const window = browser(() => (++trained === 4 ? never() : undefined));
    const session = window.open(undefined, tabs);
    await until(session, ({ ready }) => ready);
    await session.sweep.run(smallStudy);
    await until(session, ({ live }) => live?.epochs.length === 1 && trained === 4);
    window.kill("gone");
    await asked(1);
    session.sweep.reset();
    const other = { ...smallStudy, seed: smallStudy.seed + 1 };
    const begun = session.sweep.run(other);
    release();
    await begun;
    const { failure, study } = await until(
      session,
      ({ phase }) => phase === "complete" || phase === "failed",
    );
    expect([failure, study?.seed]).toEqual([undefined, other.seed]);
  });

  test("while it shows another tab's run: its successor shows it, to the end of that run", async () => {
    const running = new Set<string>();
    const { tabs, asked, release } = held();
    const window = browser();
    const session = window.open(undefined, { ...tabs, running: async () => running });
    await until(session, ({ ready }) => ready);
    await session.sweep.run(smallStudy);
    const { studyId } = await until(session, ({ phase }) => phase === "complete");
    running.add(studyId!);
    void session.sweep.open(studyId!);
    // Its records are being read.
    await until(session, ({ phase }) => phase === "elsewhere");
    window.kill("gone");
    await asked(1);
    running.clear();
    release();
    const { trials } = await until(session, ({ phase }) => phase === "complete");
    expect(trials.size).toBe(6);
  });

  test("while the user has paused the run waits for the user", async () => {
    const window = browser(({ trial }) => (trial.index === 1 ? session.current?.sweep.pause() : undefined));
    const session: { current?: Services } = { current: window.open() };
    await until(session.current!, ({ ready }) => ready);
    await session.current!.sweep.run(smallStudy);
    await until(session.current!, ({ phase }) => phase === "paused");
    window.kill("gone");
    const { failure, phase } = await until(session.current!, ({ loss }) => loss !== undefined);
    expect([failure, phase]).toEqual([undefined, "stopped"]);
  });
});
