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
 * Runs a program as run() does and keeps what it prints.
 * @param {string} command
 * @param {readonly string[]} args
 * @param {Pick<NonNullable<Parameters<typeof run>[2]>, "shell">} [options]
 * @returns {Promise<{ status: number, output: string }>} both streams, as they came
 */
export function runOutput(command, args, { shell = false } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd: root, stdio: ["ignore", "pipe", "pipe"], shell });
    /** @type {Buffer[]} */
    const parts = [];
    for (const stream of [child.stdout, child.stderr]) stream.on("data", (part) => parts.push(part));
    child.once("error", reject);
    child.once("close", (status) =>
      resolve({ status: status ?? 1, output: Buffer.concat(parts).toString("utf8") }),
    );
  });
}

/**
 * How npm is started: the very one that started this script, else the one on the PATH.
 * @param {readonly string[]} args
 * @returns {{ command: string, args: readonly string[], shell: boolean }}
 */
function npmCommand(args) {
  const own = process.env.npm_execpath;
  if (own?.endsWith(".js")) return { command: process.execPath, args: [own, ...args], shell: false };
  // On Windows npm is a batch file, which only a shell starts.
  return { command: "npm", args, shell: process.platform === "win32" };
}

/**
 * Runs npm.
 * @param {readonly string[]} args
 * @param {Parameters<typeof run>[2]} [options]
 */
export function npm(args, options) {
  const started = npmCommand(args);
  return run(started.command, started.args, { ...options, shell: started.shell });
}

/**
 * Runs npm and keeps what it prints.
 * @param {readonly string[]} args
 */
export function npmOutput(args) {
  const { command, args: all, shell } = npmCommand(args);
  return runOutput(command, all, { shell });
}
