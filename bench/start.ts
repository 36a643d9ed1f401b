import { fileURLToPath } from "node:url";
import { median } from "../src/engine/bench/training-steps.ts";
import { buildGraph } from "../src/engine/graph/build.ts";
import type { NetworkSpec } from "../src/engine/network/spec.ts";
import { compilePlan, defaultOptimizer } from "../src/engine/plan/compile.ts";
import { createWasmExecutor, type WasmExecutor } from "../src/engine/runtime/wasm/executor.ts";
import { nodeKernels } from "../src/engine/runtime/wasm/node-kernels.ts";
import { initialState } from "../src/engine/training/initialize.ts";
import { ownPanel } from "./panel.ts";

/**
 * Milliseconds from a NetworkSpec to a session that can step, by part, on one thread: the graph, the plan, the initial
 * values, and the session (memory, lowering to records, copying the values in). The networks of the panel take turns; a
 * line each with median and least, the first turn left out (the engine compiles its code then). `processor` is the time
 * that this process really had the cores, its collector and compiler included: on a busy machine the figure to trust.
 * `npx tsx bench/start.ts [rounds]`
 */
const parts = ["graph", "plan", "state", "load"] as const;
const shown = [...parts, "total", "processor"] as const;
type Times = Record<(typeof shown)[number], number>;

const rounds = Number(process.argv[2] ?? 15);
const loadKernels = nodeKernels(fileURLToPath(new URL("../public/kernels", import.meta.url)));
const executor = await createWasmExecutor({ loadKernels });
const { entries, batch } = ownPanel();
const times = new Map<NetworkSpec, Times[]>(entries.map(({ spec }) => [spec, []]));

for (let round = 0; round <= rounds; round++)
  for (const [spec, measured] of times) {
    const taken = await start(spec, executor, round);
    if (round > 0) measured.push(taken);
  }
for (const [spec, measured] of times) {
  const summary = shown.map((part) => {
    const values = measured.map((turn) => turn[part]);
    return [part, { median: rounded(median(values)), least: rounded(Math.min(...values)) }];
  });
  process.stdout.write(
    `${JSON.stringify({ bench: "start", net: spec.name, batch, ms: Object.fromEntries(summary) })}\n`,
  );
}
await executor.dispose();

async function start(spec: NetworkSpec, on: WasmExecutor, seed: number): Promise<Times> {
  const used = process.cpuUsage();
  const marks = [performance.now()];
  const mark = () => marks.push(performance.now());
  const graph = buildGraph(spec);
  mark();
  const plan = compilePlan(graph, { batch, optimizer: defaultOptimizer });
  mark();
  const state = initialState(plan, seed);
  mark();
  const session = await on.load(plan, state);
  mark();
  const { user, system } = process.cpuUsage(used);
  session.dispose();
  const taken = parts.map((part, i) => [part, marks[i + 1]! - marks[i]!] as const);
  const total = marks.at(-1)! - marks[0]!;
  const processor = (user + system) / 1000;
  return { ...(Object.fromEntries(taken) as Omit<Times, "total" | "processor">), total, processor };
}

function rounded(ms: number): number {
  return Math.round(100 * ms) / 100;
}
