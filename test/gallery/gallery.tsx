import { createRoot } from "react-dom/client";
import { App } from "../../src/app/app.tsx";
import { startCompare } from "../../src/app/compare/compare-store.ts";
import { startDatasets } from "../../src/app/datasets/state/start.ts";
import { startExplore } from "../../src/app/explore/state/session.ts";
import { createRouter } from "../../src/app/shell/router.ts";
import { connectStatistics } from "../../src/app/statistics/connect-statistics.ts";
import { createDraftStore } from "../../src/app/study/state/draft-store.ts";
import { createRunStore, emptyRun } from "../../src/app/study/state/run-store.ts";
import type { SweepController } from "../../src/app/study/state/sweep-controller.ts";
import { createViewActions, createViewStore } from "../../src/app/study/state/view-store.ts";
import "../../src/app/theme/page.css";
import { defaultStudy } from "../../src/engine/sweep/study.ts";
import { galleryStates } from "./states.ts";

/**
 * The study view in every state it can be in, without a worker and with made-up errors: `/test/gallery/#running`. Served
 * by the development server alone; it is no part of the built page.
 */
function show(): void {
  const name = location.hash.slice(1) || "complete";
  const state = galleryStates[name];
  if (state === undefined) {
    document.body.textContent = `No state "${name}"; there are ${Object.keys(galleryStates).join(", ")}.`;
    return;
  }
  const draft = createDraftStore(state.draft ?? defaultStudy);
  const run = createRunStore({ ready: true, ...state.run });
  const nothing = async () => {};
  const sweep: SweepController = {
    begin: nothing,
    run: nothing,
    choose: async (choice) => run.setState({ choice }),
    setDuty: async (duty) => run.setState({ duty }),
    askOffers: nothing,
    speeds: async () => [],
    profile: () => new Promise(() => {}),
    tuning: async () => undefined,
    tune: () => new Promise(() => {}),
    untune: async () => undefined,
    pause: nothing,
    resume: nothing,
    stop: nothing,
    open: async () => undefined,
    load: async () => undefined,
    refresh: async () => {},
    renamed() {},
    forgotten() {},
    reset: () => run.setState(emptyRun),
    preview: async (population) => ({ population: population.name, accepted: 16, drawn: 151, networks: [] }),
  };
  const view = createViewStore(state.view);
  const router = createRouter({ read: () => "#/study", replace() {}, push() {}, onChange() {} });
  const explore = startExplore(router.bar("explore"));
  const services = { draft, run, view, sweep, actions: createViewActions(view) };
  createRoot(document.getElementById("root")!).render(
    <App
      services={services}
      explore={explore}
      compare={startCompare(router.bar("compare"))}
      statistics={connectStatistics()}
      datasets={startDatasets()}
      router={router}
    />,
  );
}

window.addEventListener("hashchange", () => location.reload());
show();
