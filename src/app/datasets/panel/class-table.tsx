import { formatInteger } from "../../../charts/format.ts";
import type { DatasetDetails, Examples } from "../worker/protocol.ts";
import styles from "./datasets.module.css";
import { Pictures } from "./pictures.tsx";

/** Every class: its pictures, and how many images it has, so that imbalance is seen. */
export function ClassTable({
  details,
  examples,
}: {
  readonly details: DatasetDetails;
  readonly examples: Examples;
}) {
  const { classes, perClass } = details;
  const most = Math.max(1, ...(perClass?.train ?? []));
  return (
    <table className={styles.classes}>
      <thead>
        <tr>
          <th scope="col">Class</th>
          <th scope="col">Pictures</th>
          {perClass !== undefined && <th scope="col">Training · test images</th>}
        </tr>
      </thead>
      <tbody>
        {classes.map((name, label) => (
          <tr key={name}>
            <th scope="row">{name}</th>
            <td>
              <Pictures
                shape={examples.shape}
                images={examples.images[label] ?? []}
                label={`${examples.images[label]?.length ?? 0} pictures of ${name}`}
              />
            </td>
            {perClass !== undefined && (
              <td className={styles.count}>
                <span>
                  {formatInteger(perClass.train[label] ?? 0)} · {formatInteger(perClass.test[label] ?? 0)}
                </span>
                <i className={styles.countBar} aria-hidden="true">
                  <i style={{ width: `${(100 * (perClass.train[label] ?? 0)) / most}%` }} />
                </i>
              </td>
            )}
          </tr>
        ))}
      </tbody>
    </table>
  );
}
