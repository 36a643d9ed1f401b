/**
 * What every pipeline of a network costs to compile, one after the other, each network in a page of its own (headless
 * Chromium):
 *
 *     npx tsx bench/webgpu/compile.ts [--nets x8,x20] [--batch 8] [--json]
 *
 * `cpu`: milliseconds of processor time of Chromium's GPU process (Linux), which other work on the machine hardly moves;
 * `ms`: on the wall.
 */
import { execFileSync } from "node:child_process";
import { readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import { openGpuPage } from "../../scripts/gpu-page.mjs";
import { pickEntries } from "../../src/engine/bench/panel.ts";
import { ownPanel } from "../panel.ts";
import type { NeededKernel } from "./compile-page.ts";

const { values } = parseArgs({
  options: {
    nets: { type: "string", default: "x3" },
    batch: { type: "string", default: "8" },
    json: { type: "boolean", default: false },
  },
});

for (const { spec } of pickEntries(ownPanel(), values.nets.split(","))) {
  const { page, close } = await openGpuPage(new URL("./compile-page.ts", import.meta.url));
  try {
    const kernels = await page.evaluate(([net, batch]) => globalThis.gpuKernels(net, batch), [
      spec,
      Number(values.batch),
    ] as const);
    const pid = gpuProcess();
    const rows: (NeededKernel & { net: string | undefined; ms: number; cpu: number })[] = [];
    for (const kernel of kernels) {
      const before = processorMs(pid);
      const ms = await page.evaluate((name) => globalThis.gpuCompile(name), kernel.name);
      rows.push({ net: spec.name, ...kernel, ms: Math.round(ms), cpu: processorMs(pid) - before });
    }
    const sum = (of: "ms" | "cpu", list: string) =>
      rows.filter((row) => row.list === list).reduce((total, row) => total + row[of], 0);
    if (values.json) for (const row of rows) process.stdout.write(`${JSON.stringify(row)}\n`);
    else {
      process.stdout.write(
        `${spec.name}: ${rows.length} pipelines; train ${sum("cpu", "train")} ms of processor time ` +
          `(${sum("ms", "train")} on the wall), evaluate ${sum("cpu", "evaluate")} (${sum("ms", "evaluate")})\n`,
      );
      for (const { cpu, ms, characters, list, name } of rows.toSorted((a, b) => b.cpu - a.cpu))
        process.stdout.write(
          `${[cpu, ms, characters].map((n) => String(n).padStart(7)).join("")}  ${list.padEnd(9)}${name}\n`,
        );
    }
  } finally {
    await close();
  }
}

/** Of the browser that this process started last. */
function gpuProcess(): number {
  const lines = execFileSync("ps", ["-eo", "pid,ppid,args"], { encoding: "utf8" }).split("\n");
  const parents = new Map(
    lines.slice(1).map((line) => line.trim().split(/\s+/, 2).map(Number) as [number, number]),
  );
  const ours = (pid: number): boolean => pid === process.pid || (pid > 1 && ours(parents.get(pid) ?? 0));
  const found = lines
    .filter((line) => line.includes("--type=gpu-process"))
    .map((line) => Number(line.trim().split(/\s+/)[0]))
    .filter(ours);
  const pid = found.at(-1);
  if (pid === undefined) throw new Error("Chromium has no GPU process");
  return pid;
}

/** The kernel counts in hundredths of a second. */
function processorMs(pid: number): number {
  const fields = readFileSync(`/proc/${pid}/stat`, "utf8").split(") ")[1]!.split(" ");
  return 10 * (Number(fields[11]) + Number(fields[12]));
}
