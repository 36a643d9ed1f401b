import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type Command, Option } from "commander";
import { loadManifest } from "../../engine/data/loader.ts";
import { nodeSource } from "../../engine/data/node-source.ts";
import { specToJson } from "../../engine/export/json.ts";
import { specToPycls } from "../../engine/export/pycls.ts";
import { saveLayersModel } from "../../engine/export/tfjs/save-model.ts";
import { importWeights } from "../../engine/export/weights-import.ts";
import { writeZip, type ZipEntry } from "../../engine/export/zip.ts";
import { buildGraph } from "../../engine/graph/build.ts";
import type { NetworkSpec } from "../../engine/network/spec.ts";
import { compilePlan, defaultOptimizer } from "../../engine/plan/compile.ts";
import { defaultRegime } from "../../engine/training/regime.ts";
import { readFacts } from "../dataset.ts";
import { CliError } from "../failure.ts";
import { readNetwork } from "../input.ts";
import { printNote } from "../output.ts";
import { readTrainingNetwork } from "../training-network.ts";

interface Options {
  readonly to: "json" | "pycls" | "tfjs";
  readonly weights?: string;
  readonly dataset: string;
  readonly out: string;
}

export function registerExport(program: Command): void {
  program
    .command("export")
    .summary("write a network for another tool")
    .description(
      "Writes a network for another tool. tfjs takes the trained weights that `train --save` wrote, and the data set they " +
        "were trained on; it writes a folder for tf.loadLayersModel, or an archive where the path ends with .zip.",
    )
    .argument("<network>", "preset or spec.json")
    .addOption(new Option("--to <tool>", "the tool").choices(["json", "pycls", "tfjs"]).makeOptionMandatory())
    .option("--weights <file>", "trained weights, safetensors in PyTorch's layout (tfjs)")
    .option(
      "--dataset <name>",
      "what it was trained on: size, classes, normalization (tfjs)",
      defaultRegime.dataset,
    )
    .requiredOption("--out <path>", "file or, for tfjs, folder")
    .action(exportNetwork);
}

async function exportNetwork(presetOrFile: string, options: Options): Promise<void> {
  const { to, out } = options;
  if (to === "tfjs") return exportTensorFlow(presetOrFile, options);
  if (options.weights !== undefined)
    throw new CliError(`--weights: ${to} takes none; it describes the network alone`);
  const { spec } = await readNetwork(presetOrFile, {});
  await writeFile(out, to === "json" ? specToJson(spec) : specToPycls(spec));
  printNote(`written to ${out}`);
}

async function exportTensorFlow(presetOrFile: string, { weights, dataset, out }: Options): Promise<void> {
  if (weights === undefined) throw new CliError("--weights: tfjs needs the file that `train --save` wrote");
  const spec = await readTrainingNetwork(presetOrFile, await readFacts(dataset));
  const files = await tensorFlowFiles(spec, await readBytes(weights), dataset);
  if (out.endsWith(".zip")) await writeFile(out, writeZip(files));
  else {
    await mkdir(out, { recursive: true });
    for (const { name, bytes } of files) await writeFile(join(out, name), bytes);
  }
  printNote(`written to ${out}: ${files.map(({ name }) => name).join(", ")}`);
}

async function tensorFlowFiles(spec: NetworkSpec, file: Uint8Array, dataset: string): Promise<ZipEntry[]> {
  const plan = compilePlan(buildGraph(spec), { batch: 1, optimizer: defaultOptimizer });
  const state = importWeights(file, plan);
  const { classes, mean, std } = await loadManifest(dataset, nodeSource());
  const script = new URL("../../engine/export/tfjs/designscape-layers.js", import.meta.url);
  // Takes half a second to load, and speaks of faster ones when it does.
  const tf = await import("@tensorflow/tfjs");
  tf.env().set("IS_TEST", true);
  await tf.setBackend("cpu");
  const use = { name: spec.name ?? "network", classes, mean, std };
  return saveLayersModel(tf, { spec, state }, use, await readFile(script, "utf8"));
}

async function readBytes(path: string): Promise<Uint8Array> {
  try {
    return new Uint8Array(await readFile(path));
  } catch (error) {
    const code = (error as NodeJS.ErrnoException).code;
    throw new CliError(`${path}: ${code === "ENOENT" ? "no such file" : `cannot be read (${code})`}`);
  }
}
