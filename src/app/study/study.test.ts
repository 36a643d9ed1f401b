import { describe, expect, test } from "vitest";
import { fakeTrial } from "../../../test/fixtures/fake-trial.ts";
import { defaultStudy, parseStudy } from "../../engine/sweep/study.ts";
import { studyId } from "../../engine/sweep/study-id.ts";
import { decodeStudy, encodeStudy } from "../../engine/sweep/study-url.ts";
import type { Trial } from "../../engine/sweep/trial.ts";
import { edfCurve, populationErrors } from "./picture/edf-curves.ts";
import { verdictOf } from "./picture/verdict.ts";
import { rungTexts, schedulingFacts } from "./setup/scheduling/scheduling-text.ts";
import { settledText } from "./setup/settled-text.ts";
import { createDraftStore } from "./state/draft-store.ts";
import { countText } from "./trials/count-text.ts";
import { partialErrorText } from "./trials/partial-error-text.ts";
import { sortRows, trialColumns } from "./trials/trial-columns.ts";
import { bestRow, createTrialRows } from "./trials/trial-rows.ts";

const plain = (text: string | undefined) => text?.replaceAll("\u00a0", " ");

describe("set-up", () => {
  test("a population that bears its space's name takes the next space's name along", () => {
    const draft = createDraftStore(defaultStudy);
    draft.getState().editPopulation(0, { space: "anynetxc" });
    draft.getState().editPopulation(1, { space: "anynetxc" });
    expect(draft.getState().study.populations.map(({ name }) => name)).toEqual(["AnyNetXC", "AnyNetXC 2"]);
    draft.getState().editPopulation(0, { name: "narrow" });
    draft.getState().editPopulation(0, { space: "regnetx" });
    expect(draft.getState().study.populations[0]!.name).toBe("narrow");
    expect(draft.getState().problems).toEqual([]);
  });

  test("a new population is like the last one, under a free name", () => {
    const draft = createDraftStore(defaultStudy);
    draft.getState().addPopulation();
    const [, second, third] = draft.getState().study.populations;
    expect(third).toEqual({ ...second, name: "RegNetX 2" });
  });

  test("what cannot run is named by its path", () => {
    const draft = createDraftStore(defaultStudy);
    draft.getState().editRegime({ batch: 4096, images: 64 });
    expect(draft.getState().problems.map(({ path }) => path)).toEqual(["regime.batch"]);
  });
});

describe("seeds, halving and stop rules", () => {
  const scheduling = {
    repeats: 3,
    halving: { epochs: 2, factor: 2 },
    stop: { minutes: 90, trialMinutes: 2.5, error: { epochs: 1, above: 0.07 } },
  };
  const scheduled = () => {
    const draft = createDraftStore(defaultStudy);
    draft.getState().editRegime({ epochs: 8 });
    draft.getState().editScheduling(scheduling);
    return draft;
  };

  test("are set, go into the address and come back; the card says them", () => {
    const { study, problems } = scheduled().getState();
    expect(problems).toEqual([]);
    expect(decodeStudy(encodeStudy(study))).toEqual(study);
    expect(study).toMatchObject(scheduling);
    expect(schedulingFacts(study).map(({ value }) => value)).toEqual([
      "3",
      "1/2 from epoch 2 on",
      "90 min",
      "2.5 min",
      "≥ 7% at epoch 1",
    ]);
    expect(rungTexts(study)[1]).toBe("RegNetX: 8 to epoch 2, 4 to epoch 4, 2 to epoch 8");
  });

  test("what is taken away leaves the study as it was, and with its id", () => {
    const draft = scheduled();
    const { editScheduling, editRegime } = draft.getState();
    editScheduling({ repeats: undefined, halving: undefined });
    expect(draft.getState().study).not.toHaveProperty("halving");
    editScheduling({ stop: { ...scheduling.stop, error: undefined } });
    expect(draft.getState().study.stop).toEqual({ minutes: 90, trialMinutes: 2.5 });
    editScheduling({ stop: { minutes: undefined, trialMinutes: undefined } });
    editRegime({ epochs: defaultStudy.regime.epochs });
    expect(draft.getState().study).toStrictEqual(defaultStudy);
    expect(studyId(draft.getState().study)).toBe(studyId(defaultStudy));
  });

  test("what would never take effect is named beside its field, and no rungs are promised", () => {
    const draft = scheduled();
    draft.getState().editRegime({ epochs: 2 });
    expect(draft.getState().problems.map(({ path }) => path)).toEqual(["halving.epochs"]);
    expect(rungTexts(draft.getState().study)).toEqual([]);
    draft.getState().editScheduling({ stop: { minutes: 0 } });
    expect(draft.getState().problems.map(({ path }) => path)).toContain("stop.minutes");
  });

  test("do not stay when another study takes the place", () => {
    const draft = scheduled();
    draft.getState().replace(defaultStudy);
    expect(draft.getState().study).toStrictEqual(defaultStudy);
  });
});

describe("trials", () => {
  const trials = new Map(
    [
      fakeTrial("AnyNetXA", 0, 0.3),
      fakeTrial("AnyNetXA", 1, "diverged"),
      fakeTrial("RegNetX", 0, 0.2),
      fakeTrial("RegNetX", 1, "failed"),
    ].map((trial) => [trial.id, trial]),
  );
  const rows = createTrialRows()({ study: defaultStudy, trials, live: undefined, interrupted: [] });

  test("the best is the lowest error of those that trained to the end", () => {
    expect(bestRow(rows)?.name).toBe("RegNetX 1");
  });

  test("one that waits at a rung says so, and is one row while it goes on from there", () => {
    const [done, waiting] = [fakeTrial("AnyNetXA", 0, 0.3), fakeTrial("AnyNetXA", 1, 0.4)];
    const { id: trialId, study: studyId, population, index, params, network, draws } = waiting;
    const live = { trialId, studyId, population, index, params, network, draws };
    const epoch = { trainLoss: 1, trainError: 0.5, testError: 0.4, learningRate: 0.1, ms: 1 };
    const waits: Trial = {
      ...{ ...waiting, status: "waits", error: null, reason: "at rung 1 of 2 after 1 epoch" },
      epochs: [{ ...epoch, epoch: 1 }],
    };
    const recorded = new Map([done, waits].map((trial) => [trial.id, trial]));
    const state = { study: defaultStudy, trials: recorded, live: undefined, interrupted: [] };
    const before = createTrialRows()(state);
    expect(before.map(({ status, error }) => [status, error])).toEqual([
      ["done", 0.3],
      ["waits", 0.4],
    ]);
    expect(countText(before, 4)).toBe("1 done · 1 at a rung · 2 to come");
    const goesOn = createTrialRows()({ ...state, live: { ...live, epochs: waits.epochs } });
    expect(goesOn.map(({ status }) => status)).toEqual(["done", "training"]);
    expect(countText(goesOn, 4)).toBe("1 done · 1 training · 2 to come");
  });

  test.each(trialColumns.map((column) => [column.key]))("sorting by %s keeps every row", (key) => {
    for (const direction of ["ascending", "descending"] as const)
      expect(new Set(sortRows(rows, { key, direction }))).toEqual(new Set(rows));
  });

  test("trials without an error stay at the end whichever way the others go", () => {
    for (const direction of ["ascending", "descending"] as const) {
      const errors = sortRows(rows, { key: "error", direction }).map((row) => row.error);
      expect(errors.slice(2)).toEqual([undefined, undefined]);
    }
  });

  test("networks trained with several seeds are told apart by which of them it was", () => {
    const seeds = [1, 2, 3].map((repeat): Trial => {
      const trial = fakeTrial("AnyNetXA", 0, 0.3);
      return repeat === 1 ? trial : { ...trial, id: `${trial.id}#${repeat}`, repeat };
    });
    const all = new Map(seeds.map((trial) => [trial.id, trial]));
    const rows = createTrialRows()({ study: defaultStudy, trials: all, live: undefined, interrupted: [] });
    const name = seeds[0]!.network.name ?? "AnyNetXA 1";
    expect(rows.map((row) => row.name)).toEqual([name, `${name} #2`, `${name} #3`]);
  });

  describe("cut by halving", () => {
    const epoch = { trainLoss: 1, trainError: 0.5, learningRate: 0.1, ms: 1 };
    const cutAt = (index: number, ...errors: readonly number[]): Trial => ({
      ...fakeTrial("AnyNetXA", index, "failed"),
      status: "cut",
      epochs: errors.map((testError, i) => ({ ...epoch, epoch: i + 1, testError })),
    });
    const recorded = [fakeTrial("AnyNetXA", 0, 0.3), cutAt(1, 0.1), fakeTrial("AnyNetXA", 2, 0.4)];
    const all = new Map([...recorded, cutAt(3, 0.5, 0.6)].map((trial) => [trial.id, trial]));
    const cutRows = createTrialRows()({ study: defaultStudy, trials: all, live: undefined, interrupted: [] });

    test("they show the error of their epochs, after all that trained to the end, and say so", () => {
      const errors = (direction: "ascending" | "descending") =>
        sortRows(cutRows, { key: "error", direction }).map(({ error }) => error);
      expect(errors("ascending")).toEqual([0.3, 0.4, 0.1, 0.5]);
      expect(errors("descending")).toEqual([0.4, 0.3, 0.5, 0.1]);
      const epochs = defaultStudy.regime.epochs;
      expect(cutRows.map(partialErrorText)).toEqual([
        undefined,
        `test error at epoch 1, after 1 of ${epochs} epochs, where it was cut; it counts in no statistic`,
        undefined,
        `test error at epoch 1, after 2 of ${epochs} epochs, where it was cut; it counts in no statistic`,
      ]);
    });

    test("they are neither the best nor in an EDF, though their error is the lowest", () => {
      expect(bestRow(cutRows)?.error).toBe(0.3);
      expect(cutRows.map(({ observation }) => observation.error)).toEqual([0.3, null, 0.4, null]);
      expect(populationErrors(defaultStudy, all.values())[0]?.errors).toEqual([0.3, 0.4]);
    });

    test("they are not counted as trained", () => {
      expect(settledText(all.values(), 4)).toBe("4 of 4 settled: 2 trained, 2 cut");
      expect(settledText([...all.values()].slice(1, 2), 4)).toBe("1 of 4 settled: 1 cut");
      expect(settledText([], 4)).toBe("0 of 4 trained");
      expect(settledText([recorded[0]!, { status: "waits" }, { status: "stopped" }], 4)).toBe(
        "1 of 4 trained",
      );
    });
  });

  test("a diverged trial counts as error 1 in the EDF, a failed one not at all", () => {
    const [first, second] = populationErrors(defaultStudy, trials.values()).map(edfCurve);
    expect([first?.n, second?.n]).toEqual([2, 1]);
    expect(first?.rows).toEqual([
      { x: 0.3, y: 0.5 },
      { x: 1, y: 1 },
    ]);
  });
});

describe("the sentence under the picture", () => {
  const population = (name: string, from: number, n: number) => ({
    name,
    look: { color: "" },
    ids: [],
    errors: Array.from({ length: n }, (_, i) => from + i / 1000),
    diverged: 0,
  });

  test("names the better space, with effect and p", () => {
    const verdict = verdictOf([population("A", 0.3, 31), population("B", 0.2, 31)]);
    expect(verdict?.claim).toBe("B is better than A, and it is not noise:");
    expect(plain(verdict?.evidence)).toBe(
      "median error 21.5% against 31.5% (KS D = 1.00, p < 0.001, n = 31 and 31).",
    );
  });

  test("does not call three networks a result", () => {
    expect(verdictOf([population("A", 0.3, 3), population("B", 0.2, 3)])?.claim).toBe(
      "Too few networks to compare B with A:",
    );
  });

  test("says so where nothing stands out", () => {
    expect(verdictOf([population("A", 0.2, 8), population("B", 0.2, 8)])?.claim).toBe(
      "A looks no different from B yet; it could be noise:",
    );
  });

  test("says what to try where everything diverged", () => {
    const diverged = (name: string) => ({ name, look: { color: "" }, ids: [], errors: [1, 1], diverged: 2 });
    expect(verdictOf([diverged("A"), diverged("B")])?.claim).toBe("Every network diverged:");
  });

  test("waits for two populations", () => {
    const { populations } = parseStudy(defaultStudy);
    expect(
      verdictOf(
        populations.map(({ name }) => ({ name, look: { color: "" }, ids: [], errors: [], diverged: 0 })),
      ),
    ).toBeUndefined();
    expect(verdictOf([population("A", 0.2, 8)])?.claim).toBe("One population so far:");
  });
});
