/**
 * What every fusion of the plan gains: training steps with all of them, with all but one and with none, taking turns.
 *
 *     npx tsx bench/fusion.ts [--nets x3,x8] [--rounds 15] [--threads 1] [--only none,gradients]
 *
 * One JSON object per network and plan: the least ms per step, its ratio to the plan with the default
 * fusions, calls, bytes that operands move, bytes of the arena.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { pickEntries } from "../src/engine/bench/panel.ts";
import { prepareSteps } from "../src/engine/bench/training-steps.ts";
import { allFusions, defaultFusions, type Fusions, noFusions } from "../src/engine/plan/fusion.ts";
import { createWasmExecutor } from "../src/engine/runtime/wasm/executor.ts";
import { nodeKernels } from "../src/engine/runtime/wasm/node-kernels.ts";
import { nodeThreads } from "../src/engine/runtime/wasm/node-threads.ts";
import { ownPanel } from "./panel.ts";

const { values } = parseArgs({
  options: {
    nets: { type: "string" },
    only: { type: "string" },
    rounds: { type: "string", default: "15" },
    threads: { type: "string", default: "1" },
  },
});

const variants: readonly (readonly [string, Fusions])[] = [
  ["default", defaultFusions],
  ["all", allFusions],
  ...Object.keys(allFusions).flatMap((name) =>
    // Without fused norms there is nothing to fuse: that is "none".
    name === "norms" ? [] : [[`all but ${name}`, { ...allFusions, [name]: false }] as const],
  ),
  ["norms alone", { ...noFusions, norms: true }],
  ["none", noFusions],
];
const wanted = values.only?.split(",");
const panel = ownPanel();
const executor = await createWasmExecutor({
  loadKernels: nodeKernels(fileURLToPath(new URL("../public/kernels", import.meta.url))),
  threads: Number(values.threads),
  host: nodeThreads(),
});
for (const { spec } of pickEntries(panel, values.nets?.split(","))) {
  const sides = [];
  for (const [name, fusions] of variants)
    if (name === "default" || wanted === undefined || wanted.includes(name.replace("all but ", "")))
      sides.push({
        name,
        work: await prepareSteps(executor, spec, panel.batch, fusions),
        times: [] as number[],
      });
  for (const { work } of sides) for (let i = 0; i < 3; i++) await work.timeStep();
  for (let round = 0; round < Number(values.rounds); round++)
    for (const { work, times } of sides) times.push(await work.timeStep());
  const least = Math.min(...(sides[0]?.times ?? []));
  for (const { name, work, times } of sides) {
    const ms = Math.min(...times);
    const row = {
      net: spec.name,
      fusions: name,
      leastMs: Number(ms.toFixed(2)),
      toDefault: Number((ms / least).toFixed(3)),
      calls: work.plan.train.length,
      movedMB: Math.round(work.bytesPerStep / 1e6),
      arenaMB: Math.round(work.arenaBytes / 1e6),
    };
    process.stdout.write(`${JSON.stringify(row)}\n`);
    work.dispose();
  }
}
await executor.dispose();
