import "fake-indexeddb/auto";
import { profileNetwork } from "../../../src/engine/bench/profile-network.ts";
import { findDataset } from "../../../src/engine/data/catalogue.ts";
import { nodeSource } from "../../../src/engine/data/node-source.ts";
import type { Executor, ModelState } from "../../../src/engine/runtime/executor.ts";
import type { SweepEvents, SweepSummary } from "../../../src/engine/sweep/protocol.ts";
import { SweepService } from "../../../src/engine/sweep/service.ts";
import { SweepStore } from "../../../src/engine/sweep/store/store.ts";
import type { Study } from "../../../src/engine/sweep/study.ts";
import { type Trial, withoutTimes } from "../../../src/engine/sweep/trial.ts";
import { loadTrainingData } from "../../../src/engine/training/load-data.ts";
import { trainNetwork } from "../../../src/engine/training/trainer.ts";

let stores = 0;

/** What a run was asked to do and did. */
export interface RemoteSweep {
  readonly summary: SweepSummary;
  readonly trials: readonly ReturnType<typeof withoutTimes>[];
  readonly weights: readonly (ModelState | undefined)[];
  /** Every start of a trial: the epoch that it went on from, and the steps it had done whenever it told. */
  readonly starts: readonly { readonly from: number; readonly steps: readonly number[] }[];
}

/**
 * Runs a study as the page's worker does, with a store of its own, on devices of a page of Chromium.
 *
 * @param open gives a device, at first and after each that is lost.
 * @param onStep is told of the steps of the first start.
 * @param refuseDevice is told why a device is not to be used any longer.
 */
export async function remoteSweep(
  study: Study,
  open: () => Promise<Executor>,
  onStep: (step: number) => void = () => {},
  refuseDevice: (reason: string) => void = () => {},
): Promise<RemoteSweep> {
  const source = nodeSource();
  const store = new SweepStore({ name: `remote sweep ${++stores}` });
  const starts: { from: number; steps: number[] }[] = [];
  const weights: (ModelState | undefined)[] = [];
  let end: (result: SweepSummary | Error) => void = () => {};
  const ended = new Promise<SweepSummary | Error>((resolve) => {
    end = resolve;
  });
  const service = new SweepService(
    {
      store,
      openDevice: async () => {
        const executor = await open();
        return { executor, info: { executor: executor.kind, device: executor.device } };
      },
      refuseDevice,
      offers: () => Promise.reject(new Error("nobody asks")),
      profile: (request, executor, onProgress) => profileNetwork(request, { executor }, onProgress),
      loadData: (executor, regime) => loadTrainingData(executor, regime, source),
      factsOf: async (name) => findDataset(name)!,
      trainer: (executor, data) => async (job) => {
        const steps: number[] = [];
        const first = starts.push({ from: job.resume?.epoch ?? 0, steps }) === 1;
        const outcome = await trainNetwork({
          ...job,
          executor,
          data,
          keep: "trained",
          onStep: (step, of, ms) => {
            steps.push(step);
            if (first) onStep(step);
            job.onStep?.(step, of, ms);
          },
        });
        weights.push(outcome.kept?.state);
        return outcome;
      },
      version: "0",
    },
    (event, payload) => {
      if (event === "finished") end(payload as SweepEvents["finished"]);
      if (event === "failed") end(new Error((payload as SweepEvents["failed"]).message));
    },
  );
  const trials: Trial[] = [];
  try {
    const { studyId } = await service.handlers.startSweep(study, {});
    const summary = await ended;
    if (summary instanceof Error) throw summary;
    trials.push(...((await service.handlers.loadStudy(studyId))?.trials ?? []));
    return { summary, trials: trials.map(withoutTimes), weights, starts };
  } finally {
    store.close();
  }
}
