import type { NetworkSpec } from "../network/spec.ts";

/** A network as a JSON file that `describe`, `train` and the page read back as the same network. */
export function specToJson(spec: NetworkSpec): string {
  return `${JSON.stringify(spec, null, 2)}\n`;
}
