import { anynets } from "./anynet.ts";
import type { Family } from "./family.ts";
import { regnets } from "./regnet.ts";
import { scalingFamilies } from "./scaling-rules.ts";
import { stageFamilies } from "./stage-families.ts";

/** Every family, in the order of the menu. */
export const families: readonly Family[] = [...regnets, ...anynets, ...stageFamilies, ...scalingFamilies];

export const defaultFamily: Family = regnets[0]!;

const byId = new Map(families.map((family) => [family.id, family]));

export function familyOf(id: string): Family | undefined {
  return byId.get(id);
}
