import type { Command } from "commander";
import { datasets, findDataset } from "../../engine/data/catalogue.ts";
import { unknownDataset } from "../../engine/data/errors.ts";
import { buildDataset } from "../../engine/data/node-build.ts";
import { CliError } from "../failure.ts";
import { printLine, printNote } from "../output.ts";

interface Options {
  readonly json?: true;
}

export function registerData(program: Command): void {
  program
    .command("data")
    .summary("prepare a data set")
    .description(
      "Converts a data set of an installed package into the shards that training reads, and prints what it holds. " +
        "Without a name, lists the data sets.",
    )
    .argument("[name]", datasets.map(({ name }) => name).join(", "))
    .option("--json", "a JSON object a line")
    .action(data);
}

async function data(name: string | undefined, { json }: Options): Promise<void> {
  if (name === undefined) {
    for (const entry of datasets)
      await printLine(json ? JSON.stringify(entry) : `${entry.name}: ${entry.title}, ${entry.licence}`);
    return;
  }
  if (findDataset(name) === undefined) throw new CliError(unknownDataset(name).message);
  printNote(`preparing ${name} …`);
  const { shape, classes, train, test, mean, std } = await buildDataset(name);
  const built = { name, shape, classes, trainImages: train.count, testImages: test.count, mean, std };
  await printLine(
    json
      ? JSON.stringify(built)
      : `${name}: ${train.count} training and ${test.count} test images, ${shape.join("×")}, ${classes.length} classes`,
  );
}
