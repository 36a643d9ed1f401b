import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type Command, InvalidArgumentError, Option } from "commander";
import { type DatasetEntry, datasets, findDataset } from "../../engine/data/catalogue.ts";
import { datasetFolder, isOwnName } from "../../engine/data/dataset-name.ts";
import { unknownDataset } from "../../engine/data/errors.ts";
import { formLimits } from "../../engine/data/images/pack-images.ts";
import { type Fit, fits } from "../../engine/data/images/resize.ts";
import { loadManifest } from "../../engine/data/loader.ts";
import type { DatasetManifest } from "../../engine/data/manifest.ts";
import { buildDataset } from "../../engine/data/node-build.ts";
import { ownManifests } from "../../engine/data/node-files.ts";
import { fetchDataset, importImages } from "../../engine/data/node-import.ts";
import { nodeSource, rootOf } from "../../engine/data/node-source.ts";
import {
  datasetJson,
  datasetLine,
  imbalanceText,
  limitsText,
  progressLine,
  someLines,
} from "../data-report.ts";
import { CliError } from "../failure.ts";
import { wholeNumber } from "../input.ts";
import { LiveLine } from "../live-line.ts";
import { printLine, printNote } from "../output.ts";

interface Options {
  readonly from?: readonly string[];
  readonly md5?: string;
  readonly title?: string;
  readonly size?: number;
  readonly channels?: "1" | "3";
  readonly fit: Fit;
  readonly testFraction: number;
  readonly skipUnreadable?: true;
  readonly force?: true;
  readonly delete?: true;
  readonly json?: true;
}

export function registerData(program: Command): void {
  const { side } = formLimits;
  program
    .command("data")
    .summary("fetch, make or list data sets")
    .description(
      "Prepares a data set for training and prints what it holds. fashion-mnist and mnist come from installed packages. " +
        "cifar10 and cifar100 are downloaded as their binary archives; an interrupted download goes on where it ended, and " +
        "the archive's MD5 is verified. A name such as own:flowers is made of your own images: --from names a folder or " +
        "zip archive of class folders (with or without train/ and test/ around them), one or two CSV files (label, pixels), " +
        `or IDX files (images and labels): PNG or JPEG, ${limitsText}. Without a name, lists the data sets. Your own and fetched ones ` +
        "are kept below the folder that DESIGNSCAPE_DATA names, if it does.",
    )
    .argument("[name]", `${datasets.map(({ name }) => name).join(", ")} or own:name`)
    .option("--from <path...>", "an address or archive of cifar10 and cifar100; your images")
    .addOption(
      new Option("--md5 <hex>", "checksum of the archive, where --from is not the published one").argParser(
        md5Text,
      ),
    )
    .option("--title <text>", "how your images are called in tables and charts (default: their name)")
    .option(
      "--size <n>",
      "height and width that your images are brought to (default: their own in CSV and IDX, else 32)",
      wholeNumber(side.min, side.max),
    )
    .addOption(
      new Option("--channels <n>", "1 is grey (default: their own in CSV and IDX, else 3)").choices([
        "1",
        "3",
      ]),
    )
    .addOption(
      new Option("--fit <how>", "what becomes of images that are not square").choices(fits).default("crop"),
    )
    .option(
      "--test-fraction <x>",
      "share of every class that tests, where there is no test/ folder",
      fraction,
      0.2,
    )
    .option("--skip-unreadable", "leave out images that are damaged, and go on")
    .option("--force", "make it anew over one that is there")
    .option("--delete", "delete your images of this name, or a fetched set")
    .option("--json", "a JSON object a line")
    .action(data);
}

async function data(name: string | undefined, options: Options): Promise<void> {
  if (name === undefined) return list(options);
  const entry = findDataset(name);
  if (entry === undefined && !isOwnName(name)) throw new CliError(unknownDataset(name).message);
  if (options.delete) return remove(name, entry);
  const known = await manifestOf(name);
  const replaces = options.force || known === undefined || entry?.origin.kind === "package";
  if (!replaces) {
    if (entry === undefined)
      throw new CliError(`${name}: there is one already; --force makes it anew, --delete deletes it`);
    printNote(`${name} is here already; --force fetches it anew`);
    return print(known, options);
  }
  const manifest =
    entry === undefined
      ? await make(name, options)
      : entry.origin.kind === "package"
        ? await build(entry, options)
        : await fetchEntry(entry, options);
  const uneven = imbalanceText(manifest);
  if (uneven !== undefined) printNote(uneven);
  await print(manifest, options);
}

async function print(manifest: DatasetManifest, { json }: Options): Promise<void> {
  await printLine(json ? JSON.stringify(datasetJson(manifest)) : datasetLine(manifest));
}

async function list({ json }: Options): Promise<void> {
  for (const entry of datasets) {
    const manifest = await manifestOf(entry.name);
    const { name, title, licence } = entry;
    await printLine(
      json
        ? JSON.stringify({ ...entry, here: manifest !== undefined })
        : `${name}: ${title}, ${licence}${manifest === undefined ? `; not here, designscape data ${name} fetches it` : ""}`,
    );
  }
  for (const manifest of await ownManifests(rootOf("own:any")))
    await printLine(json ? JSON.stringify({ ...datasetJson(manifest), here: true }) : datasetLine(manifest));
}

/** Of a data set that is here and sound. */
async function manifestOf(name: string): Promise<DatasetManifest | undefined> {
  return loadManifest(name, nodeSource()).catch(() => undefined);
}

async function build(entry: DatasetEntry, { from }: Options): Promise<DatasetManifest> {
  if (from !== undefined) throw new CliError(`--from: ${entry.name} comes from an installed package`);
  printNote(`preparing ${entry.name} …`);
  return buildDataset(entry.name);
}

async function fetchEntry(entry: DatasetEntry, { from, md5 }: Options): Promise<DatasetManifest> {
  const live = new LiveLine();
  const show = progressLine(live);
  const words = { download: "downloading", unpack: "unpacking", write: "writing images" };
  try {
    return await interruptible((signal) =>
      fetchDataset(entry, {
        ...(from ? { from } : {}),
        ...(md5 ? { md5 } : {}),
        signal,
        onProgress: (phase, done, total) =>
          show(`${words[phase]} ${entry.name}`, done, total, phase !== "write"),
      }),
    );
  } finally {
    live.clear();
  }
}

async function make(name: string, options: Options): Promise<DatasetManifest> {
  const { from, title, size, channels, fit, testFraction, skipUnreadable = false, md5 } = options;
  if (from === undefined)
    throw new CliError(`${name}: --from names the images: a folder, a zip archive, CSV or IDX files`);
  if (md5 !== undefined) throw new CliError("--md5: your own images have none");
  const live = new LiveLine();
  const show = progressLine(live);
  try {
    const { manifest, packed, ignored } = await interruptible((signal) =>
      importImages(
        name,
        from,
        {
          ...{ fit, testFraction, skipUnreadable },
          ...(title ? { title } : {}),
          ...(size ? { side: size } : {}),
          ...(channels ? { channels: channels === "1" ? 1 : 3 } : {}),
        },
        { signal, onImage: (done, total) => show(`reading images of ${name}`, done, total, false) },
      ),
    );
    live.clear();
    if (packed.unreadable.length > 0)
      for (const line of someLines(packed.unreadable)) printNote(`left out: ${line}`);
    if (ignored.length > 0) printNote(`no images, left out: ${someLines(ignored).join(", ")}`);
    return manifest;
  } finally {
    live.clear();
  }
}

async function remove(name: string, entry: DatasetEntry | undefined): Promise<void> {
  if (entry?.origin.kind === "package")
    throw new CliError(`--delete: ${name} is prepared by set-up, and needed`);
  if ((await manifestOf(name)) === undefined) throw new CliError(`${name}: is not here`);
  await rm(join(rootOf(name), datasetFolder(name)), { recursive: true });
  printNote(`${name} is deleted`);
}

/** Ctrl-C ends the work; what is half done is removed, a download kept to be gone on with. */
async function interruptible<T>(work: (signal: AbortSignal) => Promise<T>): Promise<T> {
  const controller = new AbortController();
  const stop = () => controller.abort();
  process.once("SIGINT", stop);
  process.once("SIGTERM", stop);
  try {
    return await work(controller.signal);
  } catch (error) {
    if (controller.signal.aborted)
      throw new CliError("interrupted; a download that began goes on next time", 1);
    throw error;
  } finally {
    process.removeListener("SIGINT", stop);
    process.removeListener("SIGTERM", stop);
  }
}

function md5Text(text: string): string {
  if (/^[0-9a-f]{32}$/i.test(text)) return text.toLowerCase();
  throw new InvalidArgumentError("Expected 32 hexadecimal digits.");
}

function fraction(text: string): number {
  const { min, max } = formLimits.testFraction;
  const value = Number(text);
  if (text.trim() !== "" && value >= min && value <= max) return value;
  throw new InvalidArgumentError(`Expected a number from ${min} to ${max}.`);
}
