import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";
import { setFlagsFromString } from "node:v8";
import { runInNewContext } from "node:vm";
import packageJson from "../package.json" with { type: "json" };
import { nodeSource } from "../src/engine/data/node-source.ts";
import { createWasmExecutor } from "../src/engine/runtime/wasm/executor.ts";
import { nodeKernels } from "../src/engine/runtime/wasm/node-kernels.ts";
import { nodeThreads } from "../src/engine/runtime/wasm/node-threads.ts";
import { createControl } from "../src/engine/runtime/worker/control.ts";
import { TrialFile } from "../src/engine/sweep/node-trial-file.ts";
import { runSweep } from "../src/engine/sweep/scheduler.ts";
import { parseStudy } from "../src/engine/sweep/study.ts";
import { studyId } from "../src/engine/sweep/study-id.ts";
import { loadTrainingData } from "../src/engine/training/load-data.ts";
import { trainNetwork } from "../src/engine/training/trainer.ts";

/**
 * What one process holds after 10, 50, 100, 150 and 200 trials of a study that is run as `designscape sweep` runs it, with
 * a file of results and its checkpoints: 200 different networks of RegNetX of two stages, two epochs of four steps each. A
 * line each, in bytes, after a full collection: the heap, what is outside it, the resident pages and the executor's linear
 * memory. The last line is the growth per trial between the first count that is at least a quarter of all and the end.
 * `npx tsx bench/flat-memory.ts [--threads 1] [--trials 200]`
 */
const { values } = parseArgs({
  options: { threads: { type: "string", default: "1" }, trials: { type: "string", default: "200" } },
});
const trials = Number(values.trials);
const marks = [0.05, 0.25, 0.5, 0.75, 1].map((share) => Math.round(share * trials));

const study = parseStudy({
  version: 1,
  seed: 1,
  populations: [
    {
      name: "tiny",
      space: "regnetx",
      count: trials,
      stages: 2,
      stemWidth: 8,
      budget: { flops: { max: 2e6 } },
    },
  ],
  regime: { images: 64, testImages: 32, batch: 16, epochs: 2 },
});
const id = studyId(study);

setFlagsFromString("--expose-gc");
const collect = runInNewContext("gc") as () => void;

const folder = mkdtempSync(join(tmpdir(), "designscape-flat-"));
const executor = await createWasmExecutor({
  loadKernels: nodeKernels(fileURLToPath(new URL("../public/kernels", import.meta.url))),
  threads: Number(values.threads),
  host: nodeThreads(),
});
const data = await loadTrainingData(executor, study.regime, nodeSource());
const out = await TrialFile.open(join(folder, "results.jsonl"), id, "new");

interface Held {
  readonly trials: number;
  readonly heap: number;
  readonly external: number;
  readonly resident: number;
  readonly arena: number;
}

const held: Held[] = [];
let done = 0;
try {
  await runSweep({
    study,
    studyId: id,
    dataset: data.facts,
    recorded: [],
    train: (job) => trainNetwork({ ...job, executor, data }),
    recorder: out,
    listener: {
      trialDone: ({ status, reason }) => {
        if (status !== "done") throw new Error(`a trial is ${status}: ${reason}`);
        if (!marks.includes(++done)) return;
        held.push(measure(done));
        print({ bench: "flat-memory", device: executor.device, ...held.at(-1) });
      },
    },
    control: createControl(),
    device: executor.device,
    version: packageJson.version,
  });
} finally {
  await out.close();
  await executor.dispose();
  rmSync(folder, { recursive: true });
}

const [, from, , , to] = held as [Held, Held, Held, Held, Held];
const growth = (["heap", "external", "resident", "arena"] as const).map(
  (key) => [key, Math.round((to[key] - from[key]) / (to.trials - from.trials))] as const,
);
print({
  bench: "flat-memory",
  from: from.trials,
  to: to.trials,
  bytesPerTrial: Object.fromEntries(growth),
});

function measure(after: number): Held {
  collect();
  const { heapUsed: heap, external, rss: resident } = process.memoryUsage();
  return { trials: after, heap, external, resident, arena: executor.memoryBytes };
}

function print(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
