import { comparisonLimit } from "../../engine/analysis/comparison-table.ts";
import { populationColor } from "../theme/theme.ts";
import { Card } from "../ui/card.tsx";
import styles from "./compare.module.css";
import { type ChosenGroup, type CompareSource, choicesOf } from "./compare-source.ts";
import { useCompare, useCompareStore } from "./context.tsx";
import { OpenFileButton } from "./open-file-button.tsx";
import type { Sources } from "./use-sources.ts";

export interface SourcePickerProps {
  readonly known: Sources;
  readonly groups: readonly ChosenGroup[];
}

/** All populations of all studies at hand, to be chosen. */
export function SourcePicker({ known, groups }: SourcePickerProps) {
  const store = useCompareStore();
  const full = groups.length >= comparisonLimit;
  const lost = groups.filter(({ source }) => source === undefined);
  return (
    <Card
      title="Compare"
      note={
        full ? `${comparisonLimit} chosen: no more at once` : `${groups.length} of at most ${comparisonLimit}`
      }
      className={styles.picker}
    >
      <OpenFileButton fullWidth />
      {[...known.sources.values()].map((source) => (
        <SourceChoices key={source.studyId} source={source} full={full} />
      ))}
      {lost.length > 0 && !known.loading && (
        <fieldset className={styles.source}>
          <legend>Not here</legend>
          {lost.map(({ key }) => (
            <label key={key} className={styles.choice}>
              <input type="checkbox" checked onChange={() => store.getState().toggle(key)} />
              <span className={styles.choiceName}>{key}</span>
            </label>
          ))}
        </fieldset>
      )}
      {known.loading && (
        <p className={styles.quiet} role="status">
          Reading the studies of this browser …
        </p>
      )}
      {!known.loading && known.sources.size === 0 && (
        <p className={styles.quiet}>
          No study is kept in this browser yet. Run one in <a href="#/study">Study</a>, or open the
          results.jsonl of a sweep.
        </p>
      )}
    </Card>
  );
}

function SourceChoices({ source, full }: { readonly source: CompareSource; readonly full: boolean }) {
  const store = useCompareStore();
  const chosen = useCompare((state) => state.chosen);
  return (
    <fieldset className={styles.source}>
      <legend>
        {source.name} <span>{source.file ?? "in this browser"}</span>
      </legend>
      {choicesOf(source).map(({ key, population }) => {
        const at = chosen.indexOf(key);
        const count = source.observations.filter(
          (each) => each.error !== null && (population === undefined || each.population === population),
        ).length;
        return (
          <label key={key} className={styles.choice} data-full={(full && at < 0) || undefined}>
            <input
              type="checkbox"
              checked={at >= 0}
              disabled={full && at < 0}
              onChange={() => store.getState().toggle(key)}
            />
            <i
              className={styles.chip}
              style={{ background: at < 0 ? "var(--line)" : populationColor(at) }}
              aria-hidden="true"
            />
            <span className={styles.choiceName}>{population ?? "the whole study"}</span>
            <span className={styles.count}>{count}</span>
          </label>
        );
      })}
    </fieldset>
  );
}
