/**
 * Where a training step's time goes on WebGPU, call by call, against what the adapter can do at best (headless Chromium):
 *
 *     npx tsx bench/webgpu/profile.ts [--nets x1,x3] [--batch 4] [--json]
 */
import { parseArgs } from "node:util";
import { openGpuPage } from "../../scripts/gpu-page.mjs";
import { pickEntries } from "../../src/engine/bench/panel.ts";
import { gflopsOf, macsPerByte, type Roofline, roofAt } from "../../src/engine/bench/roofline.ts";
import { percentText } from "../../src/engine/math/percent.ts";
import { ownPanel } from "../panel.ts";

const { values } = parseArgs({
  options: {
    nets: { type: "string", default: "x3" },
    batch: { type: "string", default: "4" },
    json: { type: "boolean", default: false },
  },
});
const { page, close } = await openGpuPage(new URL("./profile-page.ts", import.meta.url));
try {
  for (const { spec } of pickEntries(ownPanel(), values.nets.split(","))) {
    const roofline = await page.evaluate(([net, batch]) => globalThis.gpuProfile(net, batch), [
      spec,
      Number(values.batch),
    ] as const);
    process.stdout.write(
      values.json
        ? `${JSON.stringify({ net: spec.name, ...roofline })}\n`
        : text(spec.name ?? "network", roofline),
    );
  }
} finally {
  await close();
}

function text(net: string, { device, batch, ms, calls, roof }: Roofline): string {
  const lines = calls.map((call) => {
    const { share, bytes, layer, op } = call;
    const intensity = macsPerByte(call);
    const gflops = gflopsOf(call);
    const figures = [
      call.ms.toFixed(3),
      percentText(share),
      gflops === 0 ? "" : gflops.toFixed(2),
      gflops === 0 ? "" : percentText(gflops / roofAt(roof, intensity)),
      (bytes / call.ms / 1e6).toFixed(2),
    ];
    return `${figures.map((figure) => figure.padStart(8)).join(" ")}  ${op} ${layer}`;
  });
  const head = ["ms", "share", "GFLOP/s", "of roof", "GB/s"].map((name) => name.padStart(8)).join(" ");
  return [
    `${net} at batch ${batch} on ${device}: ${ms.toFixed(1)} ms in kernels`,
    `roof: ${roof.gflops.toFixed(2)} GFLOP/s, ${roof.gbPerSecond.toFixed(2)} GB/s`,
    `${head}  call`,
    ...lines,
    "",
  ].join("\n");
}
