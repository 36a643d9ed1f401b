import "fake-indexeddb/auto";
import { afterEach, expect, test } from "vitest";
import { createFakeExecutor, fakeImages } from "../../../test/fixtures/fake-executor.ts";
import { fakeTrainer, smallStudy } from "../../../test/fixtures/fake-training.ts";
import { profileNetwork } from "../bench/profile-network.ts";
import { findDataset } from "../data/catalogue.ts";
import { networkOf, smallImageFrame } from "../network/frame.ts";
import { ExecutorError } from "../runtime/executor.ts";
import { createClient, createServer, type Endpoint, type RpcServer } from "../runtime/worker/rpc.ts";
import type { SweepEvents, SweepOptions, SweepRequests } from "./protocol.ts";
import { SweepService } from "./service.ts";
import { SweepStore } from "./store/store.ts";
import type { Study } from "./study.ts";
import { alone, type ClaimStudy } from "./study-claim.ts";
import { studyId } from "./study-id.ts";
import type { TrialJob } from "./sweep-run.ts";
import type { Tuner } from "./tuner.ts";

const id = studyId(smallStudy);
const cleanups: (() => void)[] = [];
afterEach(() => {
  for (const cleanup of cleanups.splice(0)) cleanup();
});

let databases = 0;

/** Page and worker in one process: the service behind a real message channel. */
function connect(
  before?: (job: TrialJob, epoch: number) => void | Promise<void>,
  name = `service ${++databases}`,
  claim: ClaimStudy = alone,
) {
  const { port1, port2 } = new MessageChannel();
  const store = new SweepStore({ name });
  const executor = createFakeExecutor();
  let disposed = 0;
  const opened: string[] = [];
  const refused: string[] = [];
  executor.dispose = async () => void disposed++;
  const tuner: Tuner = {
    state: async () => ({ tuned: true, tiles: "fake" }),
    tune: async () => ({ tuned: true, tiles: "fake" }),
    untune: async () => {
      // Meanwhile somebody begins a run.
      if (runWhileUntuned) await client.call("startSweep", runWhileUntuned, {});
    },
  };
  let runWhileUntuned: Study | undefined;
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
      openDevice: async ({ executor: wanted = "webgpu" }) => {
        opened.push(wanted);
        return { executor, info: { executor: wanted, device: "fake" } };
      },
      refuseDevice: (reason) => refused.push(reason),
      loadData: async () => ({
        facts: findDataset("fashion-mnist")!,
        train: fakeImages(64),
        test: fakeImages(32),
        dispose() {},
      }),
      factsOf: async (name) => findDataset(name)!,
      trainer: () => fakeTrainer(before),
      version: "0",
      claim,
      tuner,
    },
    (event, payload) => server.current?.emit(event, payload),
  );
  server.current = createServer<SweepRequests, SweepEvents>(port1 as Endpoint, service.handlers);
  const client = createClient<SweepRequests, SweepEvents>(port2 as Endpoint);
  const seen: string[] = [];
  const next = <K extends keyof SweepEvents & string>(event: K) =>
    new Promise<SweepEvents[K]>((resolve) => {
      const off = client.on(event, (payload) => {
        off();
        resolve(payload);
      });
    });
  for (const event of [
    "trialStarted",
    "epoch",
    "trialDone",
    "paused",
    "resumed",
    "finished",
    "failed",
  ] as const)
    client.on(event, () => seen.push(event));
  const close = () => {
    port1.close();
    port2.close();
    store.close();
  };
  cleanups.push(close);
  return {
    client,
    executor,
    next,
    seen,
    name,
    close,
    disposed: () => disposed,
    opened,
    refused,
    runWhileUntuned: (study: Study) => {
      runWhileUntuned = study;
    },
  };
}

test("a study runs from start to finished, and is there when asked for", async () => {
  const { client, next, seen } = connect();
  const finished = next("finished");
  expect(await client.call("startSweep", smallStudy, {})).toEqual({ studyId: id, trials: 6, recorded: 0 });
  expect(await finished).toMatchObject({ studyId: id, outcome: "complete", trials: 6 });
  expect(seen.filter((event) => event === "trialDone")).toHaveLength(6);
  expect(seen.filter((event) => event === "epoch")).toHaveLength(12);
  expect((await client.call("loadStudy", id))?.trials).toHaveLength(6);
  expect(await client.call("listStudies")).toMatchObject([{ id, settled: 6 }]);
  const { device } = await client.call("device", {});
  expect(await client.call("speedsOf", device)).toHaveLength(6);
  expect(await client.call("speedsOf", "another")).toEqual([]);
});

test("pause holds the run, resume lets it go on, stop ends it and what is done stays", async () => {
  let release = () => {};
  const reached = new Promise<void>((resolve) => {
    release = resolve;
  });
  const { client, next, seen } = connect(({ trial }) => {
    if (trial.trialId === `${id}/wide/0`) release();
    return new Promise((resolve) => setTimeout(resolve, 2));
  });
  await client.call("startSweep", smallStudy, {});
  await reached;
  const paused = next("paused");
  await client.call("pause");
  // What was under way when the pause arrived is still told.
  await paused;
  const before = seen.length;
  await new Promise((resolve) => setTimeout(resolve, 60));
  expect(seen.length).toBe(before);
  const resumed = next("epoch");
  await client.call("resume");
  await resumed;
  const finished = next("finished");
  await client.call("stop");
  expect((await finished).outcome).toBe("stopped");
  const { trials } = (await client.call("loadStudy", id))!;
  expect(trials.at(-1)).toBeDefined();
  expect(await client.call("startSweep", smallStudy, {})).toMatchObject({
    recorded: trials.filter(({ status }) => status !== "stopped").length,
  });
  expect((await next("finished")).outcome).toBe("complete");
});

test("a worker that dies in the middle has lost nothing that was recorded", async () => {
  let epochs = 0;
  const first = connect(() => (++epochs === 6 ? new Promise(() => {}) : undefined));
  await first.client.call("startSweep", smallStudy, {});
  while (epochs < 6) await new Promise((resolve) => setTimeout(resolve, 1));
  first.close();
  const second = connect(undefined, first.name);
  const kept = await second.client.call("loadStudy", id);
  expect(kept?.trials).toHaveLength(2);
  expect(kept?.interrupted).toMatchObject([{ epochs: [{ epoch: 1 }] }]);
  const finished = second.next("finished");
  expect(await second.client.call("startSweep", smallStudy, {})).toMatchObject({ recorded: 2 });
  expect(await finished).toMatchObject({ outcome: "complete", trials: 6 });
});

test("one study at a time", async () => {
  const { client, next } = connect();
  const finished = next("finished");
  const first = client.call("startSweep", smallStudy, {});
  await expect(client.call("startSweep", smallStudy, {})).rejects.toThrow("running already");
  await first;
  await finished;
});

test("a study that does not parse is refused with its path and leaves the service free", async () => {
  const { client, next } = connect();
  const wrong = { ...smallStudy, populations: [] };
  await expect(client.call("startSweep", wrong, {})).rejects.toMatchObject({ name: "InputError" });
  const finished = next("finished");
  await client.call("startSweep", smallStudy, {});
  await finished;
});

test("a budget that nothing satisfies arrives as a failure with its path", async () => {
  const { client, next } = connect();
  const failed = next("failed");
  const [wide] = smallStudy.populations;
  const study = { ...smallStudy, populations: [{ ...wide!, budget: { flops: { min: 1, max: 2 } } }] };
  await client.call("startSweep", study, {});
  expect(await failed).toMatchObject({
    path: "populations[0].budget",
    message: expect.stringMatching(/flops above/),
  });
});

test("a preview draws the networks that the study will train", async () => {
  const { client, next } = connect();
  const preview = await client.call("previewPopulation", smallStudy.populations[1]!, {
    seed: smallStudy.seed,
    dataset: "fashion-mnist",
    batch: 16,
    count: 3,
  });
  const finished = next("finished");
  await client.call("startSweep", smallStudy, {});
  await finished;
  const { trials } = (await client.call("loadStudy", id))!;
  const trained = trials.filter(({ population }) => population === "line").slice(0, 3);
  expect(preview.networks.map(({ spec }) => spec)).toEqual(trained.map(({ network }) => network.spec));
  expect(preview.accepted).toBe(3);
});

test("a lost device is opened anew and its trial trained again; a run that keeps losing devices fails", async () => {
  let losses = 0;
  const losesUntil = (most: number) => (job: TrialJob, epoch: number) => {
    if (job.trial.trialId !== `${id}/wide/1` || epoch !== 2 || losses >= most) return;
    losses++;
    throw new ExecutorError("lost", "the device is gone");
  };
  const twice = connect(losesUntil(2));
  const finished = twice.next("finished");
  await twice.client.call("startSweep", smallStudy, {});
  expect(await finished).toMatchObject({ outcome: "complete", trials: 6 });
  expect(losses).toBe(2);
  const { trials } = (await twice.client.call("loadStudy", id))!;
  expect(trials.map(({ status }) => status)).toEqual(new Array(6).fill("done"));

  losses = 0;
  const always = connect(losesUntil(Number.POSITIVE_INFINITY));
  const failed = always.next("failed");
  await always.client.call("startSweep", smallStudy, {});
  expect((await failed).message).toBe("the device is gone");
  expect(losses).toBe(4);
});

test("a device that a network shows to compute wrong is refused and replaced: its trial is trained again, nothing of it is recorded", async () => {
  const statuses: string[] = [];
  let wrong = true;
  const { client, next, refused, disposed } = connect((job) => {
    if (!wrong || job.trial.trialId !== `${id}/wide/1`) return;
    wrong = false;
    throw new ExecutorError("wrong", "fake computes wrong");
  });
  client.on("trialDone", ({ status }) => statuses.push(status));
  const finished = next("finished");
  await client.call("startSweep", smallStudy, {});
  expect(await finished).toMatchObject({ outcome: "complete", trials: 6 });
  expect(refused).toEqual(["fake computes wrong"]);
  expect(disposed()).toBe(1);
  expect(statuses).toEqual(new Array(6).fill("done"));
});

test("a device that a profile shows to compute wrong is refused, too: what is asked next is given another", async () => {
  const { client, executor, refused, disposed } = connect();
  executor.load = async () => {
    throw new ExecutorError("wrong", "fake computes wrong");
  };
  const spec = networkOf(smallImageFrame, []);
  await expect(client.call("profile", { spec, batch: 2 }, {})).rejects.toThrow("fake computes wrong");
  expect(refused).toEqual(["fake computes wrong"]);
  expect(disposed()).toBe(1);
});

test("a study that another tab runs is not run here, until that run ends", async () => {
  const held = new Set<string>();
  const claim: ClaimStudy = async (study) => {
    if (held.has(study)) return undefined;
    held.add(study);
    return () => held.delete(study);
  };
  const name = `shared ${++databases}`;
  let release = () => {};
  const training = new Promise<void>((resolve) => (release = resolve));
  const first = connect(() => training, name, claim);
  const second = connect(undefined, name, claim);
  await first.client.call("startSweep", smallStudy, {});
  await expect(second.client.call("startSweep", smallStudy, {})).rejects.toMatchObject({
    name: "StudyBusyError",
  });
  expect(await second.client.call("listStudies")).toHaveLength(1);
  const ended = first.next("finished");
  const stopped = first.client.call("stop");
  release();
  await Promise.all([ended, stopped]);
  // It goes on in the second.
  const finished = second.next("finished");
  await second.client.call("startSweep", smallStudy, {});
  expect(await finished).toMatchObject({ outcome: "complete", trials: 6 });
  expect(held.size).toBe(0);
});

test("a device is opened once for requests that come together, and a GPU once whether as the best or by name", async () => {
  const { client, opened, disposed } = connect();
  const ask = (options: SweepOptions) => client.call("device", options);
  await Promise.all([ask({}), ask({}), client.call("tuning", {})]);
  await ask({ executor: "webgpu" });
  await ask({});
  expect(opened).toEqual(["webgpu"]);
  await Promise.all([ask({ executor: "wasm" }), ask({ executor: "wasm" })]);
  expect(opened).toEqual(["webgpu", "wasm"]);
  expect(disposed()).toBe(1);
  await ask({ executor: "webgpu" });
  expect(opened).toEqual(["webgpu", "wasm", "webgpu"]);
  expect(disposed()).toBe(2);
});

test("asking whether a device was tuned, and undoing that, leave the one that trains alone", async () => {
  const { client, next, disposed, runWhileUntuned } = connect(
    () => new Promise((done) => setTimeout(done, 2)),
  );
  const reproducible = { ...smallStudy, regime: { ...smallStudy.regime, reproducible: true } };
  const first = next("finished");
  await client.call("startSweep", reproducible, {});
  expect(await client.call("tuning", { threads: 2 })).toEqual({ tuned: true, tiles: "fake" });
  await first;
  expect(disposed()).toBe(0);
  await client.call("stop");
  const again = { ...reproducible, seed: reproducible.seed + 1 };
  runWhileUntuned(again);
  await client.call("device", {});
  const before = disposed();
  const second = next("finished");
  await client.call("untune", {});
  expect(await second).toMatchObject({ studyId: studyId(again), outcome: "complete" });
  // The device of that run is another one; nothing closed it.
  expect(disposed() - before).toBe(1);
});
