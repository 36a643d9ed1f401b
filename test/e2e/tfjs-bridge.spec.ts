import { expect, type Page, test } from "@playwright/test";
import config from "../../playwright.config.ts";
import { type BridgeNetwork, bridgeNetworks, fewNetworks } from "../fixtures/bridge-networks.ts";
import { logitError, movedState, planFor, randomImages, referenceLogits } from "../fixtures/trained.ts";
import { bundle } from "./bridge/bundle.ts";
import type { BridgePage, PlainNetwork } from "./bridge/page.ts";

/** Our networks as LayersModels on TF.js' backends in a browser; WebGPU through the software adapter. */

const { launchOptions } = config.use ?? {};
const args = [...(launchOptions?.args ?? []), "--enable-unsafe-webgpu", "--ignore-gpu-blocklist"];
test.use({ launchOptions: { ...launchOptions, args } });
test.describe.configure({ mode: "serial" });

const count = 2;
let script: Promise<string> | undefined;

async function openBridge(page: Page): Promise<void> {
  script ??= bundle("./page.ts");
  await page.goto("./");
  await page.addScriptTag({ content: await script, type: "module" });
  await page.waitForFunction(() => "bridge" in globalThis);
}

async function runIn(page: Page, backend: string, network: PlainNetwork) {
  return page.evaluate(
    ([name, plain]) => (globalThis as unknown as { bridge: BridgePage }).bridge.logits(name, plain),
    [backend, network] as const,
  );
}

async function prepared({ spec }: BridgeNetwork): Promise<{ network: PlainNetwork; wanted: number[] }> {
  const state = movedState(planFor(spec, count), 7);
  const images = randomImages(spec, count, 3);
  const plain = Array.from(state, ([name, values]): [string, number[]] => [name, Array.from(values)]);
  const network = { spec, state: plain, images: Array.from(images), count };
  return { network, wanted: await referenceLogits(spec, state, images, count) };
}

for (const { backend, networks } of [
  { backend: "webgl", networks: fewNetworks },
  { backend: "webgpu", networks: bridgeNetworks },
]) {
  test(`TF.js' ${backend} backend gives the engine's evaluation logits within 1e-4`, async ({ page }) => {
    await openBridge(page);
    const errors: string[] = [];
    for (const each of networks) {
      const { network, wanted } = await prepared(each);
      const { logits, kernelRuns } = await runIn(page, backend, network);
      const error = logitError(logits, wanted);
      if (process.env.VERBOSE)
        process.stdout.write(`${backend} ${each.name}: ${error}, ${kernelRuns} runs\n`);
      if (!(error < 1e-4)) errors.push(`${each.name}: ${error}`);
      const grouped = /groups of/.test(each.name);
      const blocks = each.spec.stages[0]!.depth;
      // On WebGPU a grouped convolution is our kernel, once a block; elsewhere it is composed.
      if (grouped) expect(kernelRuns, each.name).toBe(backend === "webgpu" ? blocks : 0);
    }
    expect(errors).toEqual([]);
    if (backend === "webgpu") expect(await page.evaluate(devices)).toBe(1);
  });
}

/** TF.js works on the device that it was handed. */
function devices(): number {
  return (globalThis as unknown as { bridge: BridgePage }).bridge.devices();
}
