import { readFileSync } from "node:fs";
import { expect, test } from "vitest";

const at = (path: string) => readFileSync(new URL(`../${path}`, import.meta.url), "utf8");

/** Rows of the table of faults in test/README.md: | fault | where | `file`: name of the test |. */
const rows = [...at("test/README.md").matchAll(/^\|[^|]*\|[^|]*\| `([\w./-]+\.ts)`: (.+) \|$/gm)].map(
  ([, file = "", name = ""]) => ({ file, name }),
);

test("every fault of the table has its test, in the file that it names", () => {
  expect(rows.length).toBeGreaterThan(50);
  const missing = rows.filter(({ file, name }) => !at(file).includes(name));
  expect(missing).toEqual([]);
});
