import { useDeferredValue, useMemo, useState } from "react";
import { isEveryTrial, passes } from "../../engine/analysis/trials/filter.ts";
import { OpenTrial } from "../explore/actions/open-trial.tsx";
import { InspectButton } from "../inspect/inspect-button.tsx";
import { tensorFlowExport } from "../inspect/tensor-flow-export.ts";
import { ProfileButton } from "../profile/profile-button.tsx";
import { ExportCard } from "./network/export-card.tsx";
import { NetworkCard } from "./network/network-card.tsx";
import { Notices } from "./notices.tsx";
import { ResultsPanel } from "./results/results-panel.tsx";
import { RunCard } from "./setup/run-card.tsx";
import { SetupCard } from "./setup/setup-card.tsx";
import { useRun, useView } from "./state/services.tsx";
import styles from "./study-view.module.css";
import { bestRow, createTrialRows } from "./trials/trial-rows.ts";
import { TrialsCard } from "./trials/trials-card.tsx";

/** A study on one screen: set-up left, the populations' picture in the middle, the chosen network right. */
export function StudyView() {
  const study = useRun((state) => state.study);
  const trials = useRun((state) => state.trials);
  const live = useRun((state) => state.live);
  const interrupted = useRun((state) => state.interrupted);
  const chosen = useView((state) => state.selected);
  const marked = useView((state) => state.marked);
  const filter = useView((state) => state.filter);
  const [rowsOf] = useState(createTrialRows);
  const current = useMemo(
    () => ({ study, trials, rows: rowsOf({ study, trials, live, interrupted }) }),
    [rowsOf, study, trials, live, interrupted],
  );
  // Drawn in slices between other tasks: a run that reports several times a second must not make the page stutter.
  const { rows, ...recorded } = useDeferredValue(current);
  const kept = useMemo(
    () => (isEveryTrial(filter) ? rows : rows.filter((row) => passes(row.observation, filter))),
    [rows, filter],
  );
  const selected = rows.find((row) => row.id === chosen && (marked.size === 0 || marked.has(row.id)));
  const among = marked.size === 0 ? kept : kept.filter((row) => marked.has(row.id));
  const shown = selected ?? bestRow(among) ?? bestRow(kept) ?? kept.find((row) => row.status === "training");
  // One element as long as the network is the same: the card is drawn again only with another one.
  const openTrial = useMemo(
    () => (
      <>
        <OpenTrial row={shown} />
        <ProfileButton row={shown} />
      </>
    ),
    [shown],
  );

  return (
    <main className={styles.main}>
      <Notices />
      <div className={styles.columns}>
        <div className={styles.setup}>
          <div className={styles.scroll}>
            <SetupCard />
          </div>
          <RunCard />
        </div>
        <div className={styles.picture}>
          <ResultsPanel study={recorded.study} trials={recorded.trials} rows={kept} shown={shown} />
          <TrialsCard rows={kept} all={rows} shown={shown?.id} />
        </div>
        <div className={styles.network}>
          <div className={styles.scroll}>
            <NetworkCard
              row={shown}
              isBest={selected === undefined && shown?.status === "done" && shown === bestRow(rows)}
            >
              {openTrial}
            </NetworkCard>
          </div>
          <ExportCard row={shown} more={tensorFlowExport(shown)}>
            <InspectButton row={shown} />
          </ExportCard>
        </div>
      </div>
    </main>
  );
}
