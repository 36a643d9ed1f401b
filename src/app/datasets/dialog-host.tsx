import { lazy, Suspense } from "react";
import { useRun, useServices } from "../study/state/services.tsx";
import { useDatasets } from "./state/context.tsx";

/** The panel is loaded when first asked for. */
const DatasetsDialog = lazy(() => import("./panel/datasets-dialog.tsx"));

/** The dialog of data sets, wherever it was opened from. */
export function DatasetsDialogHost() {
  const { draft } = useServices();
  const shown = useDatasets((state) => state.shown);
  const show = useDatasets((state) => state.show);
  const editable = useRun((state) => state.phase === "idle");
  if (shown === undefined) return null;
  return (
    <Suspense>
      <DatasetsDialog
        selected={shown}
        onUse={editable ? (name) => draft.getState().editRegime({ dataset: name }) : undefined}
        onClose={() => show(undefined)}
      />
    </Suspense>
  );
}
