import { StrictMode } from "react";
import { createRoot } from "react-dom/client";
import { App } from "./app.tsx";
import { startCompare } from "./compare/compare-store.ts";
import { startDatasets } from "./datasets/state/start.ts";
import { startExplore } from "./explore/state/session.ts";
import { createRouter } from "./shell/router.ts";
import { connectStatistics } from "./statistics/connect-statistics.ts";
import { startSession } from "./study/state/session.ts";
import "./theme/page.css";
import { connectWorker } from "./worker/connect.ts";
import { followRuns } from "./worker/run-relay.ts";
import { keepStorage } from "./worker/storage.ts";
import { lockedStudies, studyReleased } from "./worker/study-lock.ts";

const router = createRouter({
  read: () => window.location.hash,
  replace: (hash) => window.history.replaceState(null, "", hash),
  push: (hash) => window.history.pushState(null, "", hash),
  onChange: (listener) => window.addEventListener("hashchange", listener),
});
const services = startSession(
  connectWorker,
  router.bar("study"),
  {
    running: lockedStudies,
    follow: followRuns,
    released: studyReleased,
    keepStorage,
  },
  keptChoices(),
);
const explore = startExplore(router.bar("explore"));
const compare = startCompare(router.bar("compare"));
const statistics = connectStatistics();
const datasets = startDatasets();

/** A browser that keeps nothing for this page refuses even to be asked. */
function keptChoices(): Storage | undefined {
  try {
    return window.localStorage;
  } catch {
    return undefined;
  }
}

const root = document.getElementById("root");
if (root === null) throw new Error("index.html has no #root");
createRoot(root).render(
  <StrictMode>
    <App {...{ services, explore, compare, statistics, datasets, router }} />
  </StrictMode>,
);
