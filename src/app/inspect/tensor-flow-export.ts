import { fileSlug } from "../study/network/deliver.ts";
import type { FurtherExport } from "../study/network/export-card.tsx";
import type { TrialRow } from "../study/trials/trial-rows.ts";

/** The file of a trained network for TF.js, as a choice of the export menu; none for one that is not trained. */
export function tensorFlowExport(row: TrialRow | undefined): readonly FurtherExport[] {
  if (row?.status !== "done") return [];
  const fileName = tensorFlowFileName(row);
  const save = async () => {
    const { saveForTensorFlow } = await import("./save-for-tensor-flow.ts");
    await saveForTensorFlow(row, fileName);
  };
  return [{ key: "tfjs", label: "TF.js model", fileName, save }];
}

export function tensorFlowFileName({ name }: Pick<TrialRow, "name">): string {
  return `${fileSlug(name)}-tfjs.zip`;
}
