/**
 * Training steps of a panel on the wasm executor and on PyTorch, which take turns in one run on the same cores:
 *
 *     npm run bench -- [--panel bench/nets.json] [--nets x3,x8] [--threads 1,2] [--batch 64] [--rounds 5] [--steps 5]
 *                      [--json]
 *
 * Prints images per second of both and the ratio: the median over the rounds of one round's ratio; "of processor
 * time" is the same of the time that the processes had the cores for, which a busy machine disturbs less. Where Python cannot
 * import torch ($PYTHON, $PYTHONPATH) a note says so, and only our figures are printed.
 */
import { loadavg } from "node:os";
import { parseArgs } from "node:util";
import { openExecutor, threadCounts } from "../src/cli/executor.ts";
import { describeFailure } from "../src/cli/failure.ts";
import { readJson, wholeNumber } from "../src/cli/input.ts";
import { LiveLine } from "../src/cli/live-line.ts";
import { printLine, printNote, table } from "../src/cli/output.ts";
import { takeTurn, warmUp } from "../src/engine/bench/bench-panel.ts";
import { parsePanel, pickEntries } from "../src/engine/bench/panel.ts";
import { median, prepareSteps, type TrainingSteps } from "../src/engine/bench/training-steps.ts";
import type { Executor } from "../src/engine/runtime/executor.ts";
import { createControl } from "../src/engine/runtime/worker/control.ts";
import { TorchPeer } from "./torch-peer.ts";

/** One network with one number of threads, on both sides. */
interface Duel {
  readonly net: string;
  readonly threads: number;
  readonly work: TrainingSteps;
  readonly ours: number[];
  readonly theirs: number[];
  /** Of each round: their time over ours. */
  readonly ratios: number[];
  /** The same of processor time. */
  readonly cpuRatios: number[];
  layout: string | null;
}

async function main(): Promise<void> {
  const { values } = parseArgs({
    options: {
      panel: { type: "string", default: "bench/nets.json" },
      nets: { type: "string" },
      threads: { type: "string", default: "1" },
      batch: { type: "string" },
      rounds: { type: "string", default: "5" },
      steps: { type: "string", default: "5" },
      json: { type: "boolean", default: false },
    },
  });
  const panel = parsePanel(await readJson(values.panel), values.panel);
  const entries = pickEntries(panel, values.nets?.split(","));
  const batch = values.batch === undefined ? panel.batch : wholeNumber(1, 4096)(values.batch);
  const [rounds, steps] = [wholeNumber(1, 1000)(values.rounds), wholeNumber(1, 1000)(values.steps)];
  const executors: Executor[] = [];
  const duels: Duel[] = [];
  const load = loadavg()[0];
  for (const threads of threadCounts(values.threads)) {
    const executor = await openExecutor("wasm", { threads });
    executors.push(executor);
    for (const { net, spec } of entries) {
      const work = await prepareSteps(executor, spec, batch);
      duels.push({
        net: net.name,
        threads,
        work,
        ours: [],
        theirs: [],
        ratios: [],
        cpuRatios: [],
        layout: null,
      });
    }
  }
  const peer = await TorchPeer.start(
    entries.map(({ net }) => net),
    batch,
  );
  const torch = peer instanceof TorchPeer ? peer : null;
  printNote(`ours: ${executors.map(({ device }) => device).join("; ")}, Node ${process.version}`);
  printNote(
    peer instanceof TorchPeer
      ? `theirs: PyTorch ${peer.version}`
      : `no PyTorch, so no ratios: ${peer.absent}`,
  );
  printNote(`load of the machine before the run: ${load?.toFixed(1)}`);
  try {
    await compete(duels, torch, rounds, steps);
  } finally {
    torch?.stop();
    for (const executor of executors) await executor.dispose();
  }
  if (values.json) for (const duel of duels) await printLine(JSON.stringify(record(duel, batch)));
  else await printLine(resultTable(duels, batch));
}

async function compete(duels: readonly Duel[], torch: TorchPeer | null, rounds: number, steps: number) {
  const control = createControl();
  const live = new LiveLine();
  for (const duel of duels) {
    live.show(`warming up: ${duel.net}`);
    await warmUp(duel.work, control);
    if (torch) checkSame(duel, await torch.turn(duel.net, duel.threads, 0));
  }
  for (let round = 0; round < rounds; round++) {
    for (const duel of duels) {
      live.show(`round ${round + 1} of ${rounds}: ${duel.net}, threads ${duel.threads}`);
      const before = process.cpuUsage();
      const ours = await takeTurn(duel.work, steps, control);
      const { user, system } = process.cpuUsage(before);
      duel.ours.push(...ours);
      if (!torch) continue;
      const { ms, cpuMs, layout } = await torch.turn(duel.net, duel.threads, steps);
      duel.theirs.push(...ms);
      duel.ratios.push(median(ms) / median(ours));
      duel.cpuRatios.push((1000 * cpuMs) / (user + system));
      duel.layout = layout;
    }
  }
  live.clear();
}

/** A ratio between different networks would mean nothing. */
function checkSame({ net, work }: Duel, peer: { readonly macs: number; readonly params: number }): void {
  if (peer.macs === work.macsPerImage && peer.params === work.params) return;
  throw new Error(
    `${net}: PyTorch counts ${peer.macs} multiply-adds and ${peer.params} parameters, we ${work.macsPerImage} and ${work.params}`,
  );
}

function record({ net, threads, work, ours, theirs, ratios, cpuRatios, layout }: Duel, batch: number) {
  const imagesPerSecond = (1000 * batch) / median(ours);
  const torch = layout === null ? null : (1000 * batch) / median(theirs);
  const ratio = layout === null ? null : median(ratios);
  const cpuRatio = layout === null ? null : median(cpuRatios);
  return {
    ...{ net, threads, batch, macsPerImage: work.macsPerImage, params: work.params, imagesPerSecond },
    ...{ torchImagesPerSecond: torch, torchLayout: layout, ratio, cpuRatio },
  };
}

function resultTable(duels: readonly Duel[], batch: number): string {
  const rows = duels.map((duel) => {
    const { net, threads, imagesPerSecond, torchImagesPerSecond, torchLayout, ratio, cpuRatio } = record(
      duel,
      batch,
    );
    const [least, most] = [Math.min(...duel.ratios), Math.max(...duel.ratios)];
    return [
      net,
      `${threads}`,
      imagesPerSecond.toFixed(0),
      torchImagesPerSecond?.toFixed(0) ?? "",
      ratio === null ? "" : `${ratio.toFixed(2)}×`,
      ratio === null ? "" : `${least.toFixed(2)}–${most.toFixed(2)}`,
      cpuRatio === null ? "" : `${cpuRatio.toFixed(2)}×`,
      torchLayout ?? "",
    ];
  });
  const heads = [
    "net",
    "threads",
    "ours, images/s",
    "PyTorch, images/s",
    "ratio",
    "over rounds",
    "of processor time",
    "PyTorch's layout",
  ];
  const counts = [...new Set(duels.map(({ threads }) => threads))];
  const medians = counts.flatMap((threads) => {
    const ratios = duels.filter((duel) => duel.threads === threads && duel.ratios.length > 0);
    const ratio = median(ratios.map((duel) => median(duel.ratios)));
    const cpu = median(ratios.map((duel) => median(duel.cpuRatios)));
    return ratios.length === 0
      ? []
      : [`median ratio, threads ${threads}: ${ratio.toFixed(2)}× (of processor time ${cpu.toFixed(2)}×)`];
  });
  return [table(heads, rows), ...medians].join("\n");
}

try {
  await main();
} catch (error) {
  const { status, message } = describeFailure(error);
  printNote(`error: ${message}`);
  process.exitCode = status;
}
