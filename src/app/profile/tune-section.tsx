import { Button } from "@mantine/core";
import { useEffect, useRef, useState } from "react";
import { formatDuration } from "../../charts/format.ts";
import { Remaining } from "../../engine/math/remaining.ts";
import type { TuningState } from "../../engine/sweep/protocol.ts";
import { isActive } from "../study/state/run-store.ts";
import { useRun, useServices } from "../study/state/services.tsx";
import { Notice } from "../ui/notice.tsx";
import styles from "./profile.module.css";

/** How the GPU's kernels are cut, and the way to have the fastest found. Nothing where there is nothing to tune. */
export function TuneSection() {
  const { sweep } = useServices();
  const training = useRun(({ phase }) => isActive(phase));
  const [state, setState] = useState<TuningState>();
  const { progress, failure, tune, untune, stop } = useTuning(setState);
  useEffect(() => {
    sweep.tuning().then(setState, () => {});
  }, [sweep]);
  if (state === undefined) return null;
  const { tuned, tiles, fastest } = state;
  return (
    <section className={styles.tune} aria-label="Tuning">
      <div className={styles.tuneHead}>
        <h3 className={styles.tuneTitle}>{titleText(tuned, progress !== undefined)}</h3>
        <div className={styles.tuneActions}>
          {progress === undefined ? (
            <>
              {tuned && (
                <Button variant="default" disabled={training} onClick={untune}>
                  Undo
                </Button>
              )}
              <Button
                variant="default"
                disabled={training}
                title="Time the kernels' tile sizes on this GPU, and keep the fastest in this browser"
                onClick={tune}
              >
                {tuned ? "Tune again" : "Tune for this GPU"}
              </Button>
            </>
          ) : (
            <Button variant="default" onClick={stop}>
              Stop
            </Button>
          )}
        </div>
      </div>
      {progress !== undefined && (
        <progress className={styles.progress} aria-label="Tuning" max={1} value={progress.share} />
      )}
      <p className={styles.summary} role="status">
        {progress === undefined ? sentence(tiles) : leftText(progress.leftMs)}
      </p>
      {failure !== undefined && (
        <Notice tone="bad" title="Not tuned:">
          {failure}
        </Notice>
      )}
      {fastest !== undefined && progress === undefined && (
        // biome-ignore lint/a11y/noNoninteractiveTabindex: what scrolls is to be reached by keys.
        <ul className={styles.found} aria-label="Fastest tiles" tabIndex={0}>
          {fastest.map(({ shape, variant, gflops }) => (
            <li key={shape}>
              {shape}: {variant}, {Number(gflops.toPrecision(3))} GFLOP/s
            </li>
          ))}
        </ul>
      )}
    </section>
  );
}

interface Progress {
  /** 0–1. */
  readonly share: number;
  readonly leftMs: number | undefined;
}

function useTuning(onState: (state: TuningState | undefined) => void) {
  const { sweep } = useServices();
  const [progress, setProgress] = useState<Progress>();
  const [failure, setFailure] = useState<string>();
  const control = useRef<AbortController>(undefined);
  // Who closes the dialog has had enough.
  useEffect(() => () => control.current?.abort(), []);
  const failed = (error: unknown) => setFailure(error instanceof Error ? error.message : String(error));
  return {
    progress,
    failure,
    tune: () => {
      const started = new AbortController();
      control.current = started;
      const { signal } = started;
      const remaining = new Remaining();
      setFailure(undefined);
      setProgress({ share: 0, leftMs: undefined });
      const onProgress = (share: number) =>
        setProgress({ share, leftMs: remaining.after("tuning", share, 1) });
      sweep
        .tune(onProgress, signal)
        .then(onState, (error: unknown) => signal.aborted || failed(error))
        .finally(() => setProgress(undefined));
    },
    untune: () => {
      setFailure(undefined);
      sweep.untune().then(onState, failed);
    },
    stop: () => control.current?.abort(),
  };
}

function titleText(tuned: boolean, tuning: boolean): string {
  if (tuning) return "Tuning for this GPU";
  return tuned ? "Tuned for this GPU" : "Not tuned for this GPU";
}

function sentence(tiles: string): string {
  return `${tiles.slice(0, 1).toUpperCase()}${tiles.slice(1)}.`;
}

function leftText(ms: number | undefined): string {
  return ms === undefined ? "Timing tile sizes …" : `Timing tile sizes, ${formatDuration(ms)} left.`;
}
