import { formatInteger } from "../../charts/format.ts";
import type { LibraryEntry } from "../../engine/exchange/library.ts";

/** Where a study stands, as the list says it. */
export type StudyState =
  | "running here"
  | "running in another tab"
  | "complete"
  | "interrupted"
  | "stopped"
  | "not begun"
  | "records only";

export interface StudyRow extends LibraryEntry {
  readonly state: StudyState;
  readonly bytes: number;
}

export interface Running {
  /** Of this tab. */
  readonly here: string | undefined;
  /** In any tab. */
  readonly anywhere: ReadonlySet<string>;
}

export function rowOf(entry: LibraryEntry, running: Running): StudyRow {
  return { ...entry, state: stateOf(entry, running), bytes: entry.recordBytes + entry.weightBytes };
}

function stateOf(
  { id, settled, total, interrupted, archive }: LibraryEntry,
  { here, anywhere }: Running,
): StudyState {
  if (id === here) return "running here";
  if (anywhere.has(id)) return "running in another tab";
  if (archive) return "records only";
  if (settled >= total) return "complete";
  if (interrupted > 0) return "interrupted";
  return settled > 0 ? "stopped" : "not begun";
}

export const sortKeys = ["name", "trials", "state", "when", "size"] as const;
export type SortKey = (typeof sortKeys)[number];

export interface Sorting {
  readonly key: SortKey;
  readonly descending: boolean;
}

/** Newest first, as one left them. */
export const usualSorting: Sorting = { key: "when", descending: true };

/** A click on a column: its usual direction first, then the other. */
export function sortedBy({ key, descending }: Sorting, clicked: SortKey): Sorting {
  const usual = clicked !== "name" && clicked !== "state";
  return { key: clicked, descending: key === clicked ? !descending : usual };
}

const values: Readonly<Record<SortKey, (row: StudyRow) => string | number>> = {
  name: ({ name }) => name.toLowerCase(),
  trials: ({ settled }) => settled,
  state: ({ state }) => state,
  when: ({ updatedAt }) => updatedAt,
  size: ({ bytes }) => bytes,
};

/** Those whose name, populations or state have every word of the search, in order; equals stay newest first. */
export function shownRows(
  rows: readonly StudyRow[],
  search: string,
  { key, descending }: Sorting,
): StudyRow[] {
  const words = search
    .toLowerCase()
    .split(/\s+/)
    .filter((word) => word !== "");
  const found = rows.filter(({ name, populations, state }) => {
    const text = [name, ...populations, state].join(" ").toLowerCase();
    return words.every((word) => text.includes(word));
  });
  const value = values[key];
  const sign = descending ? -1 : 1;
  return found.sort((a, b) => {
    const [x, y] = [value(a), value(b)];
    return x === y ? b.updatedAt - a.updatedAt : sign * (x < y ? -1 : 1);
  });
}

/** "12.3 MB": of what takes room, in powers of 1,000 as browsers tell it. */
export function bytesText(bytes: number): string {
  if (bytes < 1000) return `${formatInteger(bytes)} B`;
  const units = ["kB", "MB", "GB", "TB"];
  const step = Math.min(units.length, Math.floor(Math.log10(bytes) / 3));
  const value = bytes / 1000 ** step;
  return `${value < 9.95 ? value.toFixed(1) : formatInteger(Math.round(value))} ${units[step - 1]}`;
}

export function whenText(ms: number): string {
  return new Date(ms).toLocaleString("en-GB", {
    ...{ day: "numeric", month: "short", year: "numeric" },
    ...{ hour: "2-digit", minute: "2-digit" },
  });
}
