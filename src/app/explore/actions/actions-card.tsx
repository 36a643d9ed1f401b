import { Button } from "@mantine/core";
import { useEffect, useState } from "react";
import { formatSi } from "../../../charts/format.ts";
import { type DatasetFacts, findDataset } from "../../../engine/data/catalogue.ts";
import { defaultStudy } from "../../../engine/sweep/study.ts";
import { useRouter } from "../../shell/router-context.tsx";
import { isActive } from "../../study/state/run-store.ts";
import { useRun, useServices } from "../../study/state/services.tsx";
import { PlayIcon } from "../../ui/icons.tsx";
import { type Trainable, trainableOn } from "../model/trainable.ts";
import { useExploreStore, useNetwork } from "../state/context.tsx";
import styles from "./actions.module.css";
import { AddMenu } from "./add-menu.tsx";
import { studyOf } from "./study-actions.ts";

/** What to do with the network: train it, or put it into a study. */
export function ActionsCard() {
  const { draft, sweep } = useServices();
  const router = useRouter();
  const store = useExploreStore();
  const active = useRun((state) => isActive(state.phase));
  const unavailable = useRun((state) => state.deviceFailure);
  const [said, setSaid] = useState<string>();
  const dataset = findDataset(defaultStudy.regime.dataset);
  const trainable = useTrainable(dataset);

  const train = () => {
    if (dataset === undefined) return;
    const exact = trainableOn(dataset, store.getState());
    if (!("spec" in exact)) return;
    const study = studyOf(exact.spec);
    draft.getState().replace(study);
    sweep.reset();
    router.go("study");
    void sweep.run(study);
  };
  const can = trainable !== undefined && "spec" in trainable;
  return (
    <section className={styles.card} aria-label="Use the network">
      {trainable !== undefined && dataset !== undefined && (
        <p className={styles.note}>{noteOf(trainable, dataset, active)}</p>
      )}
      <CostLine />
      <div className={styles.buttons}>
        <Button
          flex="1 0 auto"
          leftSection={<PlayIcon />}
          disabled={!can || active || unavailable !== undefined}
          onClick={train}
        >
          Train this one
        </Button>
        <AddMenu canTrain={can} disabled={active} onSaid={setSaid} />
      </div>
      <p className={styles.said} role="status">
        {said !== undefined && (
          <>
            {said} <a href="#/study">Open the study</a>
          </>
        )}
      </p>
    </section>
  );
}

/** What would be trained may be another network (a small-image version): it is looked for when the knobs have rested. */
function useTrainable(dataset: DatasetFacts | undefined): Trainable | undefined {
  const store = useExploreStore();
  const [trainable, setTrainable] = useState(() => dataset && trainableOn(dataset, store.getState()));
  useEffect(() => {
    if (dataset === undefined) return;
    let timer: ReturnType<typeof setTimeout> | undefined;
    const stop = store.subscribe((state, before) => {
      if (state.network === before.network) return;
      clearTimeout(timer);
      timer = setTimeout(() => setTrainable(trainableOn(dataset, store.getState())), 120);
    });
    return () => {
      clearTimeout(timer);
      stop();
    };
  }, [store, dataset]);
  return trainable;
}

/** On a phone, where the numbers are far below the knobs. */
function CostLine() {
  const { cost } = useNetwork();
  return (
    <p className={styles.costs} aria-hidden="true">
      <b>{formatSi(cost.flops)}</b> FLOPs · <b>{formatSi(cost.params)}</b> params ·{" "}
      <b>{formatSi(cost.acts)}</b> acts
    </p>
  );
}

function noteOf(trainable: Trainable, { title, shape: [side] }: DatasetFacts, active: boolean): string {
  if (active) return "A study is running: stop it to train another network.";
  if ("reason" in trainable) return trainable.reason;
  const { height, width } = trainable.spec.input;
  const resized = height === side ? "" : `, resized to ${height}×${width}`;
  if (!trainable.asSmall) return `Trains on ${title}${resized}, exactly as shown.`;
  return `Trains on ${title}${resized}: the same parameters on ${height}×${width} images, behind a stem of stride 1.`;
}
