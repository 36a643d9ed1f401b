import { anynets } from "./anynet.ts";
import type { Family } from "./family.ts";
import { regnetx, regnety } from "./regnet.ts";
import { scalingFamilies } from "./scaling-rules.ts";

/** Every family, in the order of the menu. */
export const families: readonly Family[] = [regnetx, regnety, ...anynets, ...scalingFamilies];

export const defaultFamily: Family = regnetx;

const byId = new Map(families.map((family) => [family.id, family]));

export function familyOf(id: string): Family | undefined {
  return byId.get(id);
}
