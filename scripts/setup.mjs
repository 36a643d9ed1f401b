import { pathToFileURL } from "node:url";
import { ensureData } from "./data.mjs";
import { ensureDependencies } from "./dependencies.mjs";
import { ensureKernels } from "./kernels.mjs";

/** The oldest Node that every locked package runs on. */
const oldest = [20, 19];

/**
 * Everything between a fresh clone and a program that runs: packages, kernels, data. What is up to date is left alone,
 * in a fraction of a second. Uses Node's own modules only, because nothing else is there on the first run; tells its
 * progress on stderr, because the command line's stdout belongs to its results.
 */
export async function setUp() {
  const [major = 0, minor = 0] = process.versions.node.split(".").map(Number);
  if (major < 20 || (major === 20 && minor < 19)) {
    throw new Error(`Designscape needs Node ${oldest.join(".")} or later; this is ${process.versions.node}.`);
  }
  const log = (/** @type {string} */ line) => void process.stderr.write(`${line}\n`);
  await ensureDependencies(log);
  await ensureKernels(log);
  await ensureData(log);
}

/** Sets up, or says why that failed and ends the program with status 1. */
export async function setUpOrExit() {
  try {
    await setUp();
  } catch (error) {
    process.stderr.write(`${error instanceof Error ? error.message : error}\n`);
    process.exit(1);
  }
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) await setUpOrExit();
