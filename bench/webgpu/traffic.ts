/**
 * Bytes that the dispatches of a training step bind, each tensor once a dispatch, with maps as float32 and as float16, for
 * the tiles of a GPU. Nothing runs; caches, and tiles that read a map more than once, are left out.
 *
 *     npx tsx bench/webgpu/traffic.ts [--nets x1,x3] [--batch 64]
 */
import { parseArgs } from "node:util";
import { pickEntries } from "../../src/engine/bench/panel.ts";
import { buildGraph } from "../../src/engine/graph/build.ts";
import { percentText } from "../../src/engine/math/percent.ts";
import { compilePlan, defaultOptimizer } from "../../src/engine/plan/compile.ts";
import { allFusions } from "../../src/engine/plan/fusion.ts";
import type { Plan } from "../../src/engine/plan/plan.ts";
import { lowerPlan } from "../../src/engine/runtime/webgpu/lowered-plan.ts";
import { defaultTiles, type Tiles } from "../../src/engine/runtime/webgpu/tiles.ts";
import { ownPanel } from "../panel.ts";

const { values } = parseArgs({
  options: { nets: { type: "string" }, batch: { type: "string", default: "64" } },
});

function bytesOf(plan: Plan, storage: Tiles["storage"]) {
  const { program, train, placement } = lowerPlan(plan, { ...defaultTiles, storage });
  const step = train.reduce((sum, { bound }) => {
    const bytes = bound
      .flatMap(({ operands }) => operands)
      .reduce<number>(
        (own, operand) => own + (typeof operand === "number" ? 4 * program.lengthOf(operand) : 0),
        0,
      );
    return sum + bytes;
  }, 0);
  const held = placement.buffers.reduce((sum, { length }) => sum + 4 * length, 0);
  return { step, held };
}

const saved = (whole: number, half: number) => percentText(1 - half / whole);
for (const { spec } of pickEntries(ownPanel(), values.nets?.split(","))) {
  const batch = Number(values.batch);
  const plan = compilePlan(buildGraph(spec), { batch, optimizer: defaultOptimizer, fuse: allFusions });
  const [whole, half] = [bytesOf(plan, "f32"), bytesOf(plan, "f16")];
  const row = {
    net: spec.name,
    batch,
    stepMB: Math.round(whole.step / 1e6),
    stepMBf16: Math.round(half.step / 1e6),
    stepSaved: saved(whole.step, half.step),
    heldSaved: saved(whole.held, half.held),
  };
  process.stdout.write(`${JSON.stringify(row)}\n`);
}
