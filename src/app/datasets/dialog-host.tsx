import { lazy, Suspense } from "react";
import { useRun, useServices } from "../study/state/services.tsx";
import { useDatasets, useDatasetsStore } from "./state/context.tsx";
import { fittedTo } from "./state/fitted.ts";

/** The panel is loaded when first asked for. */
const DatasetsDialog = lazy(() => import("./panel/datasets-dialog.tsx"));

/** The dialog of data sets, wherever it was opened from. */
export function DatasetsDialogHost() {
  const { draft } = useServices();
  const datasets = useDatasetsStore();
  const shown = useDatasets((state) => state.shown);
  const show = useDatasets((state) => state.show);
  const editable = useRun((state) => state.phase === "idle");
  if (shown === undefined) return null;
  const use = (name: string) => {
    const { study, editRegime } = draft.getState();
    editRegime(fittedTo(datasets.getState(), name, study.regime));
  };
  return (
    <Suspense>
      <DatasetsDialog selected={shown} onUse={editable ? use : undefined} onClose={() => show(undefined)} />
    </Suspense>
  );
}
