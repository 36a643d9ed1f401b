import { Command } from "commander";
import packageJson from "../../package.json" with { type: "json" };
import { registerAnalyze } from "./commands/analyze.ts";
import { registerBench } from "./commands/bench.ts";
import { registerConvert } from "./commands/convert.ts";
import { registerData } from "./commands/data.ts";
import { registerDescribe } from "./commands/describe.ts";
import { registerExport } from "./commands/export.ts";
import { registerImport } from "./commands/import.ts";
import { registerSample } from "./commands/sample.ts";
import { registerSweep } from "./commands/sweep.ts";
import { registerTrain } from "./commands/train.ts";
import { registerVerify } from "./commands/verify.ts";
import { describeFailure, type ExitStatus } from "./failure.ts";
import { printNote } from "./output.ts";

/** Every command adds itself to the program. */
const commands: readonly ((program: Command) => void)[] = [
  registerDescribe,
  registerSample,
  registerTrain,
  registerSweep,
  registerAnalyze,
  registerConvert,
  registerImport,
  registerVerify,
  registerBench,
  registerExport,
  registerData,
];

/** Runs one command line. What goes wrong is one line on stderr and a status; commands only throw. */
export async function runCli(args: readonly string[]): Promise<ExitStatus> {
  const program = new Command("designscape")
    .description(packageJson.description)
    .version(packageJson.version)
    .exitOverride();
  for (const register of commands) register(program);
  try {
    await program.parseAsync(args, { from: "user" });
    return 0;
  } catch (error) {
    const { status, message } = describeFailure(error);
    if (message !== null) printNote(`error: ${message}`);
    return status;
  }
}
