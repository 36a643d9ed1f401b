import { Button } from "@mantine/core";
import { type LatencyKey, latencyKey, latencySpreadKey } from "../../../engine/sweep/latency-key.ts";
import { latencyBatches } from "../inspection.ts";
import type { OpenedModel } from "../worker/protocol.ts";
import { backendLabels } from "./backend-labels.ts";
import styles from "./inspect.module.css";

export interface LatencyTableProps {
  readonly opened: OpenedModel;
  readonly measured: Readonly<Record<string, number>>;
  readonly measuring: LatencyKey | undefined;
  /** A study is being trained on this machine, which slows what is measured. */
  readonly training: boolean;
  readonly onMeasure: () => void;
}

/** Inference times on every backend of TF.js that works here; kept with the trial. */
export function LatencyTable({ opened, measured, measuring, training, onMeasure }: LatencyTableProps) {
  return (
    <section className={styles.card} aria-labelledby="latency">
      <h3 id="latency" className={styles.heading}>
        Latency
        <span>median ± half the quartiles' distance</span>
      </h3>
      <table className={styles.latency}>
        <thead>
          <tr>
            <th scope="col">Backend</th>
            {latencyBatches.map((batch) => (
              <th key={batch} scope="col">
                {batch === 1 ? "1 image" : `${batch} images`}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {opened.backends.map(({ name, device, emulated }) => (
            <tr key={name}>
              <th scope="row" title={device}>
                {backendLabels[name]}
                {emulated && <small> emulated</small>}
              </th>
              {latencyBatches.map((batch) => {
                const key = { backend: name, batch };
                const busy = measuring?.backend === name && measuring.batch === batch;
                return (
                  <td key={batch} data-latency={latencyKey(key)}>
                    {busy ? "measuring …" : latencyText(measured, key)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
      <div className={styles.measure}>
        <Button size="xs" variant="default" disabled={measuring !== undefined} onClick={onMeasure}>
          {latencyBatches.some((batch) =>
            opened.backends.some(({ name }) => latencyKey({ backend: name, batch }) in measured),
          )
            ? "Measure again"
            : "Measure latency"}
        </Button>
        <p className={styles.note}>
          {training
            ? "A study is training here: times will be too long."
            : "From images in memory to logits in memory; kept with the trial."}
        </p>
      </div>
    </section>
  );
}

function latencyText(measured: Readonly<Record<string, number>>, key: LatencyKey): string {
  const median = measured[latencyKey(key)];
  if (median === undefined) return "–";
  return `${milliseconds(median)} ± ${milliseconds((measured[latencySpreadKey(key)] ?? 0) / 2)} ms`;
}

/** Two or three figures. */
function milliseconds(value: number): string {
  return value < 9.95 ? value.toFixed(2) : value < 99.5 ? value.toFixed(1) : value.toFixed(0);
}
