import type { NetworkSpec } from "../../../engine/network/spec.ts";
import type { RegNetParams } from "../../../engine/spaces/regnet.ts";
import type { Regime } from "../../../engine/training/regime.ts";
import { fileSlug } from "./deliver.ts";

/** A network to be taken out of the page; with how it was trained, where it was. */
export interface Exportable {
  readonly name: string;
  readonly network: { readonly spec: NetworkSpec };
  readonly params?: object | undefined;
  readonly regime?: Regime;
}

export interface ExportFormat {
  readonly key: "json" | "pycls";
  readonly label: string;
  readonly fileName: (row: Exportable) => string;
}

export const exportFormats: readonly ExportFormat[] = [
  { key: "json", label: "NetworkSpec, JSON", fileName: (row) => `${fileSlug(row.name)}.json` },
  { key: "pycls", label: "pycls config, YAML", fileName: (row) => `${fileSlug(row.name)}.yaml` },
];

export interface ExportedFile {
  readonly fileName: string;
  readonly text: string;
}

/** The exporters bring a YAML library along: they are loaded when first used. */
export async function exportNetwork(row: Exportable, format: ExportFormat): Promise<ExportedFile> {
  const fileName = format.fileName(row);
  if (format.key === "json") {
    const { specToJson } = await import("../../../engine/export/json.ts");
    return { fileName, text: specToJson(row.network.spec) };
  }
  const { specToPycls } = await import("../../../engine/export/pycls.ts");
  const { network, params, regime } = row;
  const options = {
    ...(regime === undefined ? {} : { regime }),
    ...(isRegNet(params) ? { regnet: params } : {}),
  };
  return { fileName, text: specToPycls(network.spec, options) };
}

function isRegNet(params: object | undefined): params is RegNetParams {
  return params !== undefined && "initialWidth" in params && "slope" in params && "widthMultiplier" in params;
}
