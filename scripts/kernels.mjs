import { existsSync, mkdirSync, readFileSync, renameSync } from "node:fs";
import { pathToFileURL } from "node:url";
import { at } from "./paths.mjs";
import { run } from "./run.mjs";
import { filesBelow, inputsKey, isFresh, writeStamp } from "./stamp.mjs";

/** Where the AssemblyScript kernels live, and their entry. */
const sources = at("src/engine/runtime/wasm/assembly");
const entry = at("src/engine/runtime/wasm/assembly/index.ts");
const output = at("public/kernels");

/** What asc is told for every build. The host brings the memory and lays it out; kernels allocate nothing. */
const flags = ["-O3", "--noAssert", ...["--runtime", "stub"], "--importMemory", ...["--initialMemory", "1"]];

/** Most pages of a shared memory: all that 32-bit addresses reach. The host asks for fewer. */
const shared = ["--enable", "threads", "--sharedMemory", ...["--maximumMemory", "65536"]];

/**
 * One build per feature level; the page takes the first that its browser can compile. Each with and without threads:
 * shared memory is there only in pages that are cross-origin isolated.
 */
const builds = [
  { file: "kernels.relaxed.wasm", flags: ["--enable", "simd", "--enable", "relaxed-simd"] },
  { file: "kernels.relaxed.shared.wasm", flags: ["--enable", "simd", "--enable", "relaxed-simd", ...shared] },
  { file: "kernels.simd.wasm", flags: ["--enable", "simd"] },
  { file: "kernels.simd.shared.wasm", flags: ["--enable", "simd", ...shared] },
];

/**
 * Compiles the WebAssembly kernels into public/kernels where their sources changed.
 * @param {(line: string) => void} log
 * @param {{ force?: boolean }} [options]
 */
export async function ensureKernels(log, { force = false } = {}) {
  if (!existsSync(entry)) {
    log("WebAssembly kernels: no entry at src/engine/runtime/wasm/assembly/index.ts, skipped.");
    return;
  }
  const asc = at("node_modules/assemblyscript");
  const { version } = JSON.parse(readFileSync(`${asc}/package.json`, "utf8"));
  const key = inputsKey(filesBelow(sources), [version, JSON.stringify([flags, builds])]);
  const stamp = `${output}/stamp.json`;
  if (!force && isFresh(stamp, key)) return;
  log("Compiling the WebAssembly kernels …");
  mkdirSync(output, { recursive: true });
  await Promise.all(builds.map((build) => compile(`${asc}/bin/asc.js`, build)));
  writeStamp(
    stamp,
    key,
    builds.map(({ file }) => file),
  );
}

/**
 * @param {string} asc
 * @param {(typeof builds)[number]} build
 */
async function compile(asc, { file, flags: own }) {
  // Under another name first: a page or a second run never sees half a module.
  const temporary = `${output}/${process.pid}.${file}`;
  const status = await run(process.execPath, [asc, entry, ...flags, ...own, "--outFile", temporary], {
    stdio: ["ignore", 2, 2],
  });
  if (status !== 0) throw new Error(`asc could not compile the kernels to ${file} (see above).`);
  renameSync(temporary, `${output}/${file}`);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? "").href) {
  await ensureKernels((line) => process.stderr.write(`${line}\n`), {
    force: process.argv.includes("--force"),
  });
}
