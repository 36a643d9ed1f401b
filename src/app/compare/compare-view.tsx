import { useMemo, useState } from "react";
import { mixtureWarnings } from "../../engine/analysis/trials/mixture.ts";
import { countingNotes } from "../../engine/analysis/trials/per-network.ts";
import { Notice } from "../ui/notice.tsx";
import styles from "./compare.module.css";
import { CompareNotices } from "./compare-notices.tsx";
import { CompareResults } from "./compare-results.tsx";
import { createGroups } from "./compare-source.ts";
import { useCompare } from "./context.tsx";
import { DropZone } from "./drop-zone.tsx";
import { EmptyComparison } from "./empty-comparison.tsx";
import { SourcePicker } from "./source-picker.tsx";
import { useSources } from "./use-sources.ts";

/** Up to eight populations or studies against one another: who is better, and is it noise? */
export function CompareView() {
  const known = useSources();
  const chosen = useCompare((state) => state.chosen);
  const [groupsOf] = useState(createGroups);
  const groups = useMemo(() => groupsOf(chosen, known.sources), [groupsOf, chosen, known.sources]);
  const warnings = useMemo(
    () => mixtureWarnings(groups.flatMap(({ group }) => group?.observations ?? [])),
    [groups],
  );
  const notes = useMemo(
    () => groups.flatMap(({ name, group }) => countingNotes(name, group?.observations ?? [])),
    [groups],
  );
  const lost = known.loading ? [] : groups.filter(({ group }) => group === undefined);

  return (
    <main className={styles.main}>
      <DropZone>
        <CompareNotices failure={known.failure} />
        {warnings
          .filter(({ kind }) => kind !== "seed")
          .map(({ kind, message }) => (
            <Notice
              key={message}
              tone="warn"
              title={kind === "dataset" ? "Mixed data sets." : "Mixed regimes."}
            >
              {message}
            </Notice>
          ))}
        {notes.length > 0 && (
          <Notice tone="note" title="How trials count here.">
            {notes.map((note) => (
              <p key={note}>{note}</p>
            ))}
          </Notice>
        )}
        {lost.length > 0 && (
          <Notice
            tone="warn"
            title={lost.length === 1 ? "One group is not here." : "Some groups are not here."}
          >
            {lost.map(({ key }) => key).join(", ")}: no study in this browser has it. Drop the results.jsonl
            that holds it here, or take it out of the comparison.
          </Notice>
        )}
        <div className={styles.columns}>
          <SourcePicker known={known} groups={groups} />
          <div className={styles.results}>
            {groups.length === 0 ? (
              <EmptyComparison known={known} />
            ) : (
              <CompareResults groups={groups} loading={known.loading} />
            )}
          </div>
        </div>
      </DropZone>
    </main>
  );
}
