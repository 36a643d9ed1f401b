import { spawn } from "node:child_process";
import { root } from "./paths.mjs";

/**
 * Runs a program in the repository's root and waits for it.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {{ stdio?: import("node:child_process").StdioOptions, env?: Record<string, string>, shell?: boolean }} [options]
 * @returns {Promise<number>} its exit status (1 if a signal ended it)
 */
export function run(command, args, { stdio = "inherit", env = {}, shell = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio, shell, env: { ...process.env, ...env } });
    child.once("error", reject);
    child.once("close", (status) => resolve(status ?? 1));
  });
}

/**
 * Runs npm: the very one that started this script, else the one on the PATH.
 * @param {readonly string[]} args
 * @param {Parameters<typeof run>[2]} [options]
 */
export function npm(args, options) {
  const own = process.env.npm_execpath;
  if (own?.endsWith(".js")) return run(process.execPath, [own, ...args], options);
  // On Windows npm is a batch file, which only a shell starts.
  return run("npm", args, { ...options, shell: process.platform === "win32" });
}
