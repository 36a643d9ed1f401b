import type { Look, MarkerShape } from "./chart-props.ts";

/** Second channel beside the eight colours of the page (--pop-1 … --pop-8): shapes and dashes. */
const markers: readonly MarkerShape[] = [
  "circle",
  "square",
  "triangle",
  "diamond",
  "cross",
  "triangle-down",
  "plus",
  "ring",
];

/** Pixels on and off. Neighbours in colour are far apart in rhythm. */
const dashes: readonly (string | undefined)[] = [
  undefined,
  "9 3",
  "4 2",
  "9 3 2 3",
  "5 2.5",
  "14 3",
  "9 2.5 2 2.5 2 2.5",
  "1.5 2.5",
];

/** How the population at a position looks in every chart; a ninth takes the first colour with the next one's shape and dash. */
export function populationLook(index: number): Look {
  const turn = Math.floor(index / 8);
  return {
    color: `var(--pop-${(index % 8) + 1})`,
    dash: dashes[(index + turn) % 8],
    marker: markers[(index + turn) % 8],
  };
}
