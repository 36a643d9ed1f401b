/**
 * Training steps of the panel on the wasm executor, in Node or (--browser) in headless Chromium:
 *
 *     npx tsx bench/wasm/step.ts [--browser] [--nets x3,x8] [--batch 64] [--build relaxed|simd] [--rows 4|6]
 *                                [--rounds 5] [--slice 400] [--threads 1,2]
 *                                [--profile kernels|layers [--shares 2]]
 *
 * One JSON object per network and number of threads: median and least ms per step, how many times as fast as the first
 * number. --profile adds the least time of every kernel, with --shares how unevenly its work would fall on threads.
 */
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { pickEntries } from "../../src/engine/bench/panel.ts";
import { nodeKernels } from "../../src/engine/runtime/wasm/node-kernels.ts";
import { nodeThreads } from "../../src/engine/runtime/wasm/node-threads.ts";
import { ownPanel } from "../panel.ts";
import { inBrowser } from "./in-browser.ts";
import { runSteps, type StepSettings } from "./run-steps.ts";

const panel = ownPanel();
const { values } = parseArgs({
  options: {
    browser: { type: "boolean", default: false },
    nets: { type: "string" },
    batch: { type: "string", default: `${panel.batch}` },
    build: { type: "string", default: "auto" },
    rows: { type: "string" },
    rounds: { type: "string", default: "5" },
    slice: { type: "string", default: "400" },
    threads: { type: "string", default: "1" },
    profile: { type: "string", default: "none" },
    shares: { type: "string", default: "1" },
  },
});

const settings: StepSettings = {
  specs: pickEntries(panel, values.nets?.split(",")).map(({ spec }) => spec),
  batch: Number(values.batch),
  build: values.build as StepSettings["build"],
  ...(values.rows ? { tileRows: values.rows === "6" ? 6 : 4 } : {}),
  rounds: Number(values.rounds),
  slice: Number(values.slice),
  profile: values.profile as StepSettings["profile"],
  threads: values.threads.split(",").map(Number),
  shares: Number(values.shares),
};
const kernels = fileURLToPath(new URL("../../public/kernels", import.meta.url));
const lines = values.browser
  ? await inBrowser(settings, kernels)
  : await runSteps(nodeKernels(kernels), nodeThreads(), settings);
process.stdout.write(`${lines.join("\n")}\n`);
