import type { TrialRow } from "../study/trials/trial-rows.ts";
import type { InspectedTrial } from "./worker/protocol.ts";

/** What an inspector must know of a trial. */
export function inspectedTrial({ id, name, network, regime }: TrialRow): InspectedTrial {
  const { dataset, testImages } = regime;
  return { id, name, spec: network.spec, dataset, testImages, base: document.baseURI };
}
