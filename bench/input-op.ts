/**
 * What augmentation costs a batch: drawing it, with RandAugment's changes of bytes, on the host; the input op's kernel; and
 * the whole step of a small network around them. On wasm, one thread; variants take turns, the least of all rounds counts.
 *
 *     npx tsx bench/input-op.ts [--net x1] [--batch 64] [--rounds 60]
 *
 * One JSON object per image size and variant: ms of the draw, of the kernel and of the step without the draw.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { pickEntries } from "../src/engine/bench/panel.ts";
import { type Augmentation, augmentBatch } from "../src/engine/data/augment.ts";
import { buildGraph } from "../src/engine/graph/build.ts";
import { createRng } from "../src/engine/math/rng.ts";
import { compilePlan, defaultOptimizer } from "../src/engine/plan/compile.ts";
import { createWasmExecutor } from "../src/engine/runtime/wasm/executor.ts";
import { nodeKernels } from "../src/engine/runtime/wasm/node-kernels.ts";
import { initialState } from "../src/engine/training/initialize.ts";
import { ownPanel } from "./panel.ts";

const { values } = parseArgs({
  options: {
    net: { type: "string", default: "x1" },
    batch: { type: "string", default: "64" },
    rounds: { type: "string", default: "60" },
  },
});
const batch = Number(values.batch);
const count = 1_024;

const basic = { cropPadding: 4, flip: true };
const variants: Readonly<Record<string, Augmentation>> = {
  off: {},
  "crop, flip": basic,
  "and RandAugment, affine": { ...basic, randAugment: 9 },
  "and RandAugment, 2 of 14": { ...basic, randAugment: 9, randAugmentOperations: 2 },
};

let kernelMs = 0;
const executor = await createWasmExecutor({
  loadKernels: nodeKernels(fileURLToPath(new URL("../public/kernels", import.meta.url))),
  observe: (record, _, run) => {
    const from = performance.now();
    run();
    if (record.kernel === "gather") kernelMs = performance.now() - from;
  },
});
const [entry] = pickEntries(ownPanel(), [values.net]);
const rng = createRng(1, "bytes");
for (const [side, channels] of [
  [28, 1],
  [32, 3],
] as const) {
  const spec = { ...entry!.spec, input: { height: side, width: side, channels } };
  const plan = compilePlan(buildGraph(spec), { batch, optimizer: defaultOptimizer });
  const session = await executor.load(plan, initialState(plan, 1));
  const images = await executor.attach({
    ...{ shape: [side, side, channels], count },
    images: Uint8Array.from({ length: count * side * side * channels }, () => rng.int(0, 255)),
    labels: Uint8Array.from({ length: count }, () => rng.int(0, 9)),
    ...{ mean: new Array(channels).fill(0.5), std: new Array(channels).fill(0.25) },
  });
  const times = new Map<string, { draw: number; kernel: number; step: number }>();
  for (let round = 0; round < Number(values.rounds); round++) {
    const indices = Uint32Array.from({ length: batch }, () => rng.int(0, count - 1));
    const source = {
      ...{ height: side, width: side, channels },
      pixelsOf: (n: number) => images.pixelsOf(indices[n]!),
    };
    for (const [name, settings] of Object.entries(variants)) {
      const started = performance.now();
      const transforms = augmentBatch(settings, source, plan.input, batch, createRng(1, "augment"));
      const drawn = performance.now();
      await session.step({ from: "resident", images, indices, ...(transforms ? { transforms } : {}) }, 0.01);
      const stepped = performance.now();
      const least = times.get(name) ?? { draw: Infinity, kernel: Infinity, step: Infinity };
      times.set(name, {
        draw: Math.min(least.draw, drawn - started),
        kernel: Math.min(least.kernel, kernelMs),
        step: Math.min(least.step, stepped - drawn),
      });
    }
  }
  for (const [name, { draw, kernel, step }] of times) {
    const row = { net: values.net, image: `${side}×${side}×${channels}`, batch, augmentation: name };
    const ms = (value: number) => Number(value.toFixed(3));
    process.stdout.write(
      `${JSON.stringify({ ...row, drawMs: ms(draw), kernelMs: ms(kernel), stepMs: ms(step) })}\n`,
    );
  }
  session.dispose();
  images.dispose();
}
await executor.dispose();
