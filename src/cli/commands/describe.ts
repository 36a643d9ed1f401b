import { createInterface } from "node:readline";
import type { Command } from "commander";
import { specLimits } from "../../engine/network/spec.ts";
import { type FrameOptions, type ResolvedNetwork, resolveInFrame } from "../../engine/published/request.ts";
import { type DescribedNetwork, describeWithMemory, networkText } from "../describe-network.ts";
import { CliError, describeFailure } from "../failure.ts";
import { parseJson, readNetwork, wholeNumber } from "../input.ts";
import { printLine } from "../output.ts";

interface Options {
  readonly resolution?: number;
  readonly classes?: number;
  readonly batch: number;
  readonly json?: true;
}

export function registerDescribe(program: Command): void {
  program
    .command("describe")
    .summary("stages and complexity of a network")
    .description(
      "Stages and complexity of a network. With -, reads a request a line from stdin (JSON) and answers a line each.",
    )
    .argument("<network>", "preset, spec.json, or - for requests on stdin")
    .option("--resolution <pixels>", "side of the image", wholeNumber(1, specLimits.side))
    .option("--classes <n>", "number of classes", wholeNumber(1, specLimits.classes))
    .option("--batch <n>", "images per step, for the training memory", wholeNumber(1, 4096), 64)
    .option("--json", "a JSON object a line")
    .action(describe);
}

async function describe(network: string, { batch, json, ...options }: Options): Promise<void> {
  const frame: FrameOptions = { ...options };
  if (network === "-") return answerRequests(frame, batch);
  const described = describeResolved(await readNetwork(network, frame), batch);
  await printLine(json ? JSON.stringify(described) : networkText(described, batch));
}

function describeResolved({ spec, notes }: ResolvedNetwork, batch: number): DescribedNetwork {
  const described = describeWithMemory(spec, batch);
  return notes.length > 0 ? { ...described, notes } : described;
}

/** Answers every line, also after a bad one: `{"error": …}` in its place keeps requests and answers in step. */
async function answerRequests(frame: FrameOptions, batch: number): Promise<void> {
  let line = 0;
  const failures: string[] = [];
  for await (const text of createInterface({ input: process.stdin, crlfDelay: Number.POSITIVE_INFINITY })) {
    line += 1;
    if (text.trim() === "") continue;
    try {
      const resolved = resolveInFrame(parseJson(text, ""), frame);
      await printLine(JSON.stringify(describeResolved(resolved, batch)));
    } catch (error) {
      const { message } = describeFailure(error);
      failures.push(`line ${line}: ${message}`);
      await printLine(JSON.stringify({ error: message }));
    }
  }
  const more = failures.length > 1 ? ` (and ${failures.length - 1} more bad requests)` : "";
  if (failures.length > 0) throw new CliError(`${failures[0]}${more}`);
}
