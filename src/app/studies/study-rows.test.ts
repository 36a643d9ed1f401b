import { describe, expect, test } from "vitest";
import type { LibraryEntry } from "../../engine/exchange/library.ts";
import { bytesText, rowOf, shownRows, sortedBy, usualSorting } from "./study-rows.ts";

const entry = (name: string, change: Partial<LibraryEntry> = {}): LibraryEntry => ({
  ...{ id: name, name, createdAt: 1, updatedAt: 1, settled: 4, total: 8, populations: ["AnyNetXA"] },
  ...{ interrupted: 0, archive: false, recordBytes: 10, weightBytes: 5 },
  ...change,
});
const nobody = { here: undefined, anywhere: new Set<string>() };

describe("where a study stands", () => {
  test.each([
    ["complete", { settled: 8 }, nobody],
    ["stopped", {}, nobody],
    ["interrupted", { interrupted: 1 }, nobody],
    ["not begun", { settled: 0 }, nobody],
    ["records only", { archive: true, settled: 8 }, nobody],
    ["running in another tab", { interrupted: 1 }, { here: undefined, anywhere: new Set(["a"]) }],
    ["running here", { interrupted: 1 }, { here: "a", anywhere: new Set(["a"]) }],
  ])("%s", (state, change, running) => {
    expect(rowOf(entry("a", change), running).state).toBe(state);
  });
});

describe("the list", () => {
  const rows = [
    entry("Widths", { updatedAt: 3, populations: ["RegNetX"], recordBytes: 900 }),
    entry("depths", { updatedAt: 5, settled: 8 }),
    entry("Old", { updatedAt: 2, settled: 0, populations: ["RegNetX", "AnyNetXE"] }),
  ].map((one) => rowOf(one, nobody));
  const names = (search: string, sorting = usualSorting) =>
    shownRows(rows, search, sorting).map(({ name }) => name);

  test("newest first, until a column is clicked; once more turns it round", () => {
    expect(names("")).toEqual(["depths", "Widths", "Old"]);
    const byName = sortedBy(usualSorting, "name");
    expect(names("", byName)).toEqual(["depths", "Old", "Widths"]);
    expect(names("", sortedBy(byName, "name"))).toEqual(["Widths", "Old", "depths"]);
    expect(names("", sortedBy(byName, "size"))[0]).toBe("Widths");
  });

  test("a search finds names, populations and states, all its words", () => {
    expect(names("regnet")).toEqual(["Widths", "Old"]);
    expect(names("RegNet not begun")).toEqual(["Old"]);
    expect(names("complete")).toEqual(["depths"]);
    expect(names("nothing")).toEqual([]);
  });
});

test("bytes are told in powers of 1,000", () => {
  expect([999, 1000, 9_949_999, 256 * 2 ** 20, 11e9].map(bytesText)).toEqual([
    "999 B",
    "1.0 kB",
    "9.9 MB",
    "268 MB",
    "11 GB",
  ]);
});
