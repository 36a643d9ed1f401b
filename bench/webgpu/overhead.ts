/**
 * What a training step on WebGPU costs the script that asks for it (headless Chromium, whatever adapter it finds): the time
 * until the call has recorded and submitted everything, apart from waiting for the GPU. Among the networks are those of
 * the panel and "six", the stem and six X blocks with 557 k parameters that stock TF.js takes 185 ms a step for.
 *
 *     npx tsx bench/webgpu/overhead.ts [--nets six,x3] [--batch 4] [--runs 20] [--together 1]
 *
 * `together`: steps asked for at once. One JSON object a network.
 */
import { parseArgs } from "node:util";
import { openGpuPage } from "../../scripts/gpu-page.mjs";
import { networkOf, smallImageFrame } from "../../src/engine/network/frame.ts";
import { ownPanel } from "../panel.ts";

const { values } = parseArgs({
  options: {
    nets: { type: "string", default: "six,x3" },
    batch: { type: "string", default: "4" },
    runs: { type: "string", default: "20" },
    together: { type: "string", default: "1" },
  },
});
const block = { block: "res_bottleneck", stride: 2, bottleneckRatio: 1, groupWidth: 8, seRatio: 0 } as const;
const stages = [
  { ...block, depth: 1, width: 72 },
  { ...block, depth: 2, width: 128 },
  { ...block, depth: 3, width: 256 },
];
const six = networkOf(smallImageFrame, stages, "six");
const known = [six, ...ownPanel().entries.map(({ spec }) => spec)];
const specs = values.nets.split(",").map((name) => {
  const spec = known.find((each) => each.name === name);
  if (spec === undefined)
    throw new RangeError(
      `--nets: no network "${name}"; expected ${known.map((each) => each.name).join(", ")}`,
    );
  return spec;
});
const { page, close } = await openGpuPage(new URL("./overhead-page.ts", import.meta.url));
try {
  const rows = await page.evaluate(([nets, ...numbers]) => globalThis.gpuOverhead(nets, ...numbers), [
    specs,
    Number(values.batch),
    Number(values.runs),
    Number(values.together),
  ] as const);
  for (const row of rows) process.stdout.write(`${JSON.stringify(row)}\n`);
} finally {
  await close();
}
