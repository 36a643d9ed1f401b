import { existsSync, readFileSync } from "node:fs";
import { at } from "./paths.mjs";
import { npm } from "./run.mjs";

/**
 * Whether node_modules holds what package-lock.json asks for: npm's own record of the installed tree, compared entry
 * by entry, and each folder there. A few milliseconds, so that every start can afford it.
 */
function installed() {
  try {
    const wanted = JSON.parse(readFileSync(at("package-lock.json"), "utf8")).packages;
    const present = JSON.parse(readFileSync(at("node_modules/.package-lock.json"), "utf8")).packages;
    return Object.entries(wanted).every(
      ([path, entry]) =>
        path === "" ||
        // Optional packages are binaries for other platforms, or peers that nobody asked for.
        (entry.optional === true && !(path in present)) ||
        (present[path]?.version === entry.version && existsSync(at(path))),
    );
  } catch {
    return false;
  }
}

/**
 * Installs the locked packages where they are missing or of another version.
 * @param {(line: string) => void} log
 */
export async function ensureDependencies(log) {
  if (installed()) return;
  log("Installing the packages that package-lock.json names …");
  const status = await npm(["ci", "--include=dev", "--no-audit", "--no-fund"], { stdio: ["ignore", 2, 2] });
  if (status !== 0) {
    throw new Error("npm ci failed: its message is above. Nothing else was started.");
  }
}
