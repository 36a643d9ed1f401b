import type { Command } from "commander";
import {
  type BenchRecord,
  benchPanel,
  type Lane,
  profilePanel,
  type StepProfile,
} from "../../engine/bench/bench-panel.ts";
import { parsePanel, pickEntries } from "../../engine/bench/panel.ts";
import { percentText } from "../../engine/math/percent.ts";
import type { Executor, ExecutorKind } from "../../engine/runtime/executor.ts";
import { createControl, type RunControl } from "../../engine/runtime/worker/control.ts";
import { executorOption, openExecutor, reproducibleOption, threadCounts } from "../executor.ts";
import { CliError } from "../failure.ts";
import { millions } from "../format.ts";
import { readJson, wholeNumber } from "../input.ts";
import { stopOnInterrupt } from "../interrupt.ts";
import { LiveLine } from "../live-line.ts";
import { printLine, printNote, table } from "../output.ts";
import { benchOnGpu } from "../webgpu/bench.ts";

interface Options {
  readonly panel: string;
  readonly executor: ExecutorKind;
  readonly threads: readonly number[];
  readonly nets?: readonly string[];
  readonly steps: number;
  readonly batch?: number;
  readonly profile?: true;
  readonly json?: true;
  readonly reproducible?: true;
  readonly tune?: string;
  readonly tiles?: string;
}

export function registerBench(program: Command): void {
  program
    .command("bench")
    .summary("time training steps of a panel of networks")
    .description(
      "Times whole training steps (forward, softmax cross-entropy, backward, Nesterov SGD) of every network of a panel " +
        "on made-up images. Networks and thread counts take turns in rounds; the figures are medians. Other work on " +
        "the machine slows them: compare figures of one run. WebGPU runs in headless Chromium or Chrome: the installed " +
        "one, or that at CHROMIUM_PATH.",
    )
    .requiredOption("--panel <file>", "networks, in the format of bench/nets.json")
    .option("--nets <names>", "only these, e.g. x3,x8", (text) => text.split(","))
    .addOption(executorOption())
    .option("--threads <list>", "thread counts of the wasm executor, e.g. 1,2", threadCounts, [1])
    .addOption(reproducibleOption())
    .option("--steps <n>", "measured steps of each network", wholeNumber(1, 100_000), 30)
    .option("--batch <n>", "images per step (default: the panel's)", wholeNumber(1, 4096))
    .option("--profile", "also the time of every kernel, on one thread (wasm, webgpu)")
    .option("--tune <file>", "webgpu: first find what is fastest on this adapter, use it and write it there")
    .option("--tiles <file>", "webgpu: use the tiles that --tune has written")
    .option("--json", "a JSON object a line")
    .action(bench);
}

async function bench(options: Options): Promise<void> {
  const { executor: kind, steps, json, reproducible } = options;
  const panel = parsePanel(await readJson(options.panel), options.panel);
  const specs = pickEntries(panel, options.nets).map(({ spec }) => spec);
  const batch = options.batch ?? panel.batch;
  checkOptions(options);
  const control = createControl();
  const live = new LiveLine();
  if (kind === "webgpu") {
    const { profile = false, tune, tiles } = options;
    try {
      await stopOnInterrupt(control, async () => {
        const found = await benchOnGpu({ specs, batch, steps, profile, tune, tiles, control, live });
        live.clear();
        await report(found.records, found.profiles, json === true);
      });
    } finally {
      live.clear();
    }
    endIfStopped(control);
    return;
  }
  const opened: Executor[] = [];
  const open = async (threads: number): Promise<Executor> => {
    const executor = await openExecutor(kind, { threads, reproducible });
    opened.push(executor);
    return executor;
  };
  try {
    await stopOnInterrupt(control, async () => {
      const lanes: Lane[] = [];
      for (const threads of options.threads) lanes.push({ threads, executor: await open(threads) });
      printNote(lanes.map(({ executor }) => executor.device).join("; "));
      const peakMeter = kind === "wasm" ? await open(1) : undefined;
      const onTurn = (round: number, rounds: number, net: string) =>
        live.show(`round ${round + 1} of ${rounds}, ${net}`);
      const records = await benchPanel({ specs, batch, steps, lanes, peakMeter, control, onTurn });
      live.clear();
      const profiles = options.profile
        ? await profilePanel({ specs, batch, steps, control }, (observe) =>
            openExecutor(kind, { threads: 1, reproducible, observe }),
          )
        : [];
      await report(records, profiles, json === true);
    });
  } finally {
    live.clear();
    for (const executor of opened) await executor.dispose();
  }
  endIfStopped(control);
}

function endIfStopped({ stopped }: RunControl): void {
  if (stopped) throw new CliError("stopped; the figures are of the steps until then", 1);
}

/** @throws CliError where an option is of another executor. */
function checkOptions({ executor, profile, tune, tiles, threads, reproducible }: Options): void {
  if (profile && executor === "reference")
    throw new CliError("--profile: the reference executor has no kernels to time; expected wasm or webgpu");
  for (const [name, file] of Object.entries({ tune, tiles }))
    if (file !== undefined && executor !== "webgpu")
      throw new CliError(`--${name}: only the kernels of --executor webgpu have tiles to choose`);
  if (tune !== undefined && tiles !== undefined)
    throw new CliError("--tiles: cannot go with --tune, which finds others");
  if (executor === "webgpu" && (reproducible || threads.some((count) => count !== 1)))
    throw new CliError(`--${reproducible ? "reproducible" : "threads"}: is of --executor wasm`);
}

async function report(
  records: readonly BenchRecord[],
  profiles: readonly StepProfile[],
  json: boolean,
): Promise<void> {
  if (json) {
    for (const record of records) {
      const profile = profiles.find(({ net }) => net === record.net);
      await printLine(JSON.stringify(profile ? { ...record, profile } : record));
    }
    return;
  }
  if (records.length > 0) await printLine(recordTable(records));
  for (const profile of profiles) await printLine(`\n${profileTable(profile)}`);
}

function recordTable(records: readonly BenchRecord[]): string {
  const heads = [
    "net",
    "threads",
    "batch",
    "macs/image",
    "params",
    "ms/step",
    "least",
    "images/s",
    "GFLOP/s",
  ];
  const rows = records.map((record) => [
    record.net,
    `${record.threads}`,
    `${record.batch}`,
    millions(record.macsPerImage),
    millions(record.params),
    record.msPerStep.toFixed(2),
    record.msMin.toFixed(2),
    record.imagesPerSecond.toFixed(0),
    record.gflops.toFixed(1),
    record.shareOfPeak === null ? "" : percentText(record.shareOfPeak),
    megabytes(record.bytesPerStep),
    megabytes(record.arenaBytes),
    `${record.kernelCalls}`,
  ]);
  const peak = records[0]?.peakGflops;
  const note = peak
    ? [`\npeak: ${peak.toFixed(1)} GFLOP/s a core, in a matrix product that stays in cache`]
    : [];
  return [table([...heads, "of peak", "moved/step", "arena", "calls"], rows), ...note].join("");
}

function profileTable({ net, kernels, outsideKernels }: StepProfile): string {
  const rows = kernels.map(({ kernel, ms, share, gflops }) => [
    ms.toFixed(3),
    percentText(share),
    gflops === 0 ? "" : gflops.toFixed(1),
    kernel,
  ]);
  const total = kernels.reduce((sum, { ms }) => sum + ms, 0);
  const head = `${net}: ${total.toFixed(2)} ms in kernels, ${percentText(outsideKernels)} of a step outside`;
  return `${head}\n${table(["least ms", "share", "GFLOP/s", "call and kernel"], rows)}`;
}

function megabytes(bytes: number): string {
  return `${(bytes / 2 ** 20).toFixed(1)} MB`;
}
