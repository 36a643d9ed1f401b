import { Button } from "@mantine/core";
import { formatDuration, formatInteger } from "../../../charts/format.ts";
import { totalTrials } from "../../../engine/sweep/scheduling.ts";
import { defaultStudy, type Study } from "../../../engine/sweep/study.ts";
import { isSettled } from "../../../engine/sweep/trial.ts";
import { EditIcon, PauseIcon, PlayIcon, StopIcon } from "../../ui/icons.tsx";
import type { RunPhase } from "../state/run-store.ts";
import { useDraft, useRun, useServices } from "../state/services.tsx";
import { DutyField } from "./duty-field.tsx";
import { lossText } from "./loss-text.ts";
import { settledText } from "./settled-text.ts";
import styles from "./setup.module.css";

/** How far the run is, and what can be done about it. */
export function RunCard() {
  const phase = useRun((state) => state.phase);
  const shown = useRun((state) => state.study?.archive !== undefined);
  const drafted = useDraft((state) => state.study.archive !== undefined);
  const archived = phase === "idle" ? drafted : shown;
  return (
    <section className={`${styles.card} ${styles.run}`} aria-label="Run" data-phase={phase}>
      {archived ? (
        <ArchivePanel shown={phase !== "idle"} />
      ) : phase === "idle" ? (
        <StartPanel />
      ) : (
        <ProgressPanel phase={phase} />
      )}
    </section>
  );
}

function StartPanel() {
  const { draft, sweep } = useServices();
  const study = useDraft((state) => state.study);
  const problems = useDraft((state) => state.problems);
  const unavailable = useRun((state) => state.deviceFailure);
  const ready = useRun((state) => state.ready);
  const [first] = problems;
  return (
    <>
      <p className={first === undefined ? styles.small : styles.fieldError}>
        {first === undefined ? workText(study) : `${first.path}: ${first.message}`}
      </p>
      <Button
        fullWidth
        leftSection={<PlayIcon />}
        disabled={first !== undefined || unavailable !== undefined || !ready}
        onClick={() => void sweep.run(draft.getState().study)}
      >
        Run
      </Button>
    </>
  );
}

/** A study that is known by its records alone: it is for looking at. */
function ArchivePanel({ shown }: { readonly shown: boolean }) {
  const { draft, sweep } = useServices();
  const count = useRun((state) => state.trials.size);
  const renew = () => {
    draft.getState().replace(defaultStudy);
    sweep.reset();
  };
  return (
    <>
      <p className={styles.small}>
        {shown
          ? `${count} trials, known by their records alone: what their networks were drawn from is not, so this study is for looking at and comparing, and cannot be run on.`
          : "This link is to a study that was read from a file and is not kept in this browser: import its file under Studies."}
      </p>
      <Button variant="default" leftSection={<EditIcon />} onClick={renew}>
        Set up a new study
      </Button>
    </>
  );
}

function ProgressPanel({ phase }: { readonly phase: RunPhase }) {
  const study = useRun((state) => state.study);
  const settled = useRun((state) => [...state.trials.values()].filter(isSettled).length);
  const progress = useRun((state) => state.progress);
  const spent = useRun((state) => [...state.trials.values()].reduce((sum, trial) => sum + trial.ms, 0));
  const total = study ? totalTrials(study) : 0;
  const text = useRun((state) => settledText(state.trials.values(), total));
  const fraction = phase === "complete" ? 1 : Math.max(progress?.fraction ?? 0, settled / Math.max(1, total));
  return (
    <>
      <div className={styles.progressText}>
        <span role="status">{text}</span>
        <b>{statusText(phase, progress?.fraction === 0 ? undefined : progress?.etaMs, spent)}</b>
      </div>
      <div
        className={`${styles.bar} ${styles.overall}`}
        role="progressbar"
        aria-label="Study"
        aria-valuemin={0}
        aria-valuemax={100}
        aria-valuenow={Math.round(100 * fraction)}
        data-busy={phase === "starting" || phase === "stopping"}
      >
        <i style={{ width: `${Math.min(100, 100 * fraction)}%` }} />
      </div>
      <LossLine />
      {progress?.rungs !== undefined && (
        <p className={styles.small}>
          Halving:{" "}
          {progress.rungs
            .map(({ epochs, reached, of }) => `${reached} of ${of} to epoch ${epochs}`)
            .join(", ")}
        </p>
      )}
      <div className={styles.buttons}>
        <RunButtons phase={phase} />
      </div>
      {phase !== "complete" && phase !== "elsewhere" && <DutyField />}
      <RetryButton phase={phase} />
    </>
  );
}

/** What became of the run when its worker ended. */
function LossLine() {
  const loss = useRun((state) => state.loss);
  return (
    <p className={styles.small} role="status" data-testid="loss" hidden={loss === undefined}>
      {loss !== undefined && lossText(loss)}
    </p>
  );
}

/** Trains again what failed, where something did and nothing runs. */
function RetryButton({ phase }: { readonly phase: RunPhase }) {
  const { run, sweep } = useServices();
  const failed = useRun((state) => [...state.trials.values()].filter((t) => t.status === "failed").length);
  if (failed === 0 || (phase !== "complete" && phase !== "stopped")) return null;
  const retry = () => {
    const { study } = run.getState();
    if (study !== undefined) void sweep.run(study, { retryFailed: true });
  };
  return (
    <Button variant="default" fullWidth mt={8} onClick={retry}>
      Train {failed === 1 ? "the one that failed" : `the ${failed} that failed`} again
    </Button>
  );
}

function RunButtons({ phase }: { readonly phase: RunPhase }) {
  const { draft, run, sweep } = useServices();
  const again = () => {
    const { study } = run.getState();
    if (study !== undefined) void sweep.run(study);
  };
  const edit = () => {
    const { study } = run.getState();
    if (study !== undefined) draft.getState().replace(study);
    sweep.reset();
  };
  switch (phase) {
    case "starting":
    case "running":
    case "stopping":
      return (
        <>
          <Button
            flex={1}
            leftSection={<PauseIcon />}
            disabled={phase !== "running"}
            onClick={() => void sweep.pause()}
          >
            Pause
          </Button>
          <StopButton disabled={phase === "stopping"} />
        </>
      );
    case "pausing":
    case "paused":
      return (
        <>
          <Button flex={1} leftSection={<PlayIcon />} onClick={() => void sweep.resume()}>
            Resume
          </Button>
          <StopButton disabled={false} />
        </>
      );
    case "stopped":
    case "failed":
      return (
        <>
          <Button flex={1} leftSection={<PlayIcon />} onClick={again}>
            Resume
          </Button>
          <EditButton onClick={edit} />
        </>
      );
    case "complete":
      return <EditButton onClick={edit} wide />;
    case "elsewhere":
      return (
        <p className={styles.small}>
          Another tab of this browser runs this study; what it records is shown here as it comes. When it ends
          there, it can go on here.
        </p>
      );
    case "idle":
      return null;
    default:
      throw new Error(`unknown phase ${phase satisfies never}`);
  }
}

function StopButton({ disabled }: { readonly disabled: boolean }) {
  const { sweep } = useServices();
  return (
    <Button
      variant="default"
      leftSection={<StopIcon size={14} />}
      disabled={disabled}
      onClick={() => void sweep.stop()}
    >
      Stop
    </Button>
  );
}

function EditButton({ onClick, wide = false }: { readonly onClick: () => void; readonly wide?: boolean }) {
  return (
    <Button variant="default" leftSection={<EditIcon />} flex={wide ? 1 : undefined} onClick={onClick}>
      {wide ? "Change the set-up" : "Change"}
    </Button>
  );
}

function workText({ populations, regime, repeats = 1 }: Study): string {
  const networks = populations.reduce((sum, { count }) => sum + count, 0);
  const epochs = `${regime.epochs} epoch${regime.epochs === 1 ? "" : "s"}`;
  const seeds = repeats === 1 ? "" : ` with ${repeats} seeds each`;
  return `${networks} networks${seeds}, ${epochs} of ${formatInteger(regime.images)} images each`;
}

function statusText(phase: RunPhase, etaMs: number | undefined, spent: number): string {
  switch (phase) {
    case "starting":
      return "loading data …";
    case "running":
      return etaMs === undefined ? "measuring …" : `${formatDuration(etaMs)} left`;
    case "pausing":
      return "finishing the epoch …";
    case "paused":
      return "paused";
    case "stopping":
      return "stopping …";
    case "stopped":
      return "stopped";
    case "failed":
      return "stopped by an error";
    case "elsewhere":
      return "running in another tab";
    case "complete":
      return `done in ${formatDuration(spent)}`;
    case "idle":
      return "";
    default:
      throw new Error(`unknown phase ${phase satisfies never}`);
  }
}
