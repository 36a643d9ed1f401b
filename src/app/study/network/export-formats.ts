import type { RegNetParams } from "../../../engine/spaces/regnet.ts";
import type { TrialRow } from "../trials/trial-rows.ts";

export interface ExportFormat {
  readonly key: "json" | "pycls";
  readonly label: string;
  readonly fileName: (row: TrialRow) => string;
}

export const exportFormats: readonly ExportFormat[] = [
  { key: "json", label: "NetworkSpec, JSON", fileName: (row) => `${slug(row)}.json` },
  { key: "pycls", label: "pycls config, YAML", fileName: (row) => `${slug(row)}.yaml` },
];

export interface ExportedFile {
  readonly fileName: string;
  readonly text: string;
}

/** The exporters bring a YAML library along: they are loaded when first used. */
export async function exportNetwork(row: TrialRow, format: ExportFormat): Promise<ExportedFile> {
  const fileName = format.fileName(row);
  if (format.key === "json") {
    const { specToJson } = await import("../../../engine/export/json.ts");
    return { fileName, text: specToJson(row.network.spec) };
  }
  const { specToPycls } = await import("../../../engine/export/pycls.ts");
  const regnet = isRegNet(row.params) ? { regnet: row.params } : {};
  return { fileName, text: specToPycls(row.network.spec, { regime: row.regime, ...regnet }) };
}

function isRegNet(params: object): params is RegNetParams {
  return "initialWidth" in params && "slope" in params && "widthMultiplier" in params;
}

/** `regnetx-12`: safe on every file system. */
function slug({ name }: TrialRow): string {
  return (
    name
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, "-")
      .replace(/^-|-$/g, "") || "network"
  );
}
