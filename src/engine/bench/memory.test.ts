import { readFileSync } from "node:fs";
import { expect, test } from "vitest";
import { memoryOf } from "../plan/memory-use.ts";
import { parsePanel } from "./panel.ts";

const file = new URL("../../../bench/nets.json", import.meta.url);
const { entries, batch } = parsePanel(JSON.parse(readFileSync(file, "utf8")), "nets.json");

test.each(entries.map(({ spec }) => [spec.name, spec] as const))(
  "%s: a step takes at most 60 %% of the memory that it would without reuse and fusion",
  (_, spec) => {
    const { planned, separate } = memoryOf(spec, batch);
    expect(planned / separate).toBeLessThan(0.6);
    // Reuse cannot go below what a backward pass must keep: a figure this low would be a fault in the sum.
    expect(planned / separate).toBeGreaterThan(0.1);
  },
);
