import type { ConfusionMatrix } from "../../../engine/analysis/confusion.ts";
import hidden from "../../ui/hidden.module.css";
import type { ImageFilter } from "../inspection.ts";
import styles from "./inspect.module.css";

/** More do not fit beside the images. */
export const maxConfusionClasses = 16;

/** Darkest shade of a cell, in percent of its colour: numbers stay readable on it. */
const darkest = 42;

export interface ConfusionTableProps {
  readonly counts: ConfusionMatrix;
  readonly classes: readonly string[];
  readonly chosen: ImageFilter["cell"];
  readonly onChoose: (cell: ImageFilter["cell"]) => void;
}

/** True classes down, given classes across; a cell shows its images. */
export function ConfusionTable({ counts, classes, chosen, onChoose }: ConfusionTableProps) {
  const isChosen = (actual: number, given: number) => chosen?.actual === actual && chosen.given === given;
  return (
    <section className={styles.card} aria-labelledby="confusion">
      <h3 id="confusion" className={styles.heading}>
        Confusion
        <span>true class down, given class across</span>
      </h3>
      <table className={styles.confusion}>
        <thead>
          <tr>
            <td className={styles.corner} />
            {classes.map((name, given) => (
              <th key={name} className={styles.columnName} scope="col" title={`taken for ${name}`}>
                {given}
                <span className={hidden.hidden}> {name}</span>
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {classes.map((name, actual) => {
            const row = counts[actual] ?? [];
            const total = row.reduce((sum, count) => sum + count, 0);
            return (
              <tr key={name}>
                <th className={styles.rowName} scope="row" title={`${total} images of ${name}`}>
                  <span className={styles.className}>{name}</span> {actual}
                </th>
                {row.map((count, given) => (
                  <td
                    // biome-ignore lint/suspicious/noArrayIndexKey: a class is its place
                    key={given}
                    className={styles.cell}
                    style={{ background: shade(count, total, actual === given) }}
                  >
                    {count > 0 && (
                      <button
                        type="button"
                        aria-pressed={isChosen(actual, given)}
                        aria-label={`${count} ${name} taken for ${classes[given]}`}
                        onClick={() => onChoose(isChosen(actual, given) ? undefined : { actual, given })}
                      >
                        {count}
                      </button>
                    )}
                  </td>
                ))}
              </tr>
            );
          })}
        </tbody>
      </table>
    </section>
  );
}

/** Right ones in the page's accent, wrong ones in red; by the square root of their share, so that few are seen too. */
function shade(count: number, total: number, right: boolean): string | undefined {
  if (count === 0) return undefined;
  const percent = darkest * Math.sqrt(count / total);
  return `color-mix(in srgb, var(${right ? "--accent" : "--bad"}) ${percent.toFixed(0)}%, var(--panel))`;
}
