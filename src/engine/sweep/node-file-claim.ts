import { createHash } from "node:crypto";
import { realpath, rm } from "node:fs/promises";
import { createConnection, createServer, type Server } from "node:net";
import { tmpdir } from "node:os";
import { basename, dirname, join, resolve } from "node:path";

/**
 * Claims a file for this process among those of this machine, by a socket that nobody speaks on: the system closes it when
 * its process dies, however that dies, where a file with a process's number would stay.
 * @returns what ends the claim, or undefined where another process has it
 */
export async function claimFile(path: string): Promise<(() => Promise<void>) | undefined> {
  return claimAddress(addressOf(await realPathOf(path)));
}

/** The same of the address of a local socket. */
export async function claimAddress(address: string): Promise<(() => Promise<void>) | undefined> {
  let server = await listenAt(address);
  if (server === "taken" && isFile(address) && !(await isAnswered(address))) {
    // Left by a process that died.
    await rm(address, { force: true });
    server = await listenAt(address);
  }
  if (server === "taken") return undefined;
  return () => new Promise((done) => (server === "refused" ? done() : server.close(() => done())));
}

function addressOf(path: string): string {
  const name = `designscape-${createHash("sha256").update(path).digest("hex").slice(0, 32)}`;
  if (process.platform === "win32") return `\\\\.\\pipe\\${name}`;
  // An abstract address: no file is left by a process that dies.
  if (process.platform === "linux") return `\0${name}`;
  return join(tmpdir(), name);
}

function isFile(address: string): boolean {
  return !address.startsWith("\0") && !address.startsWith("\\\\.\\pipe\\");
}

/** The same for every way to name a file, whether it is there yet or not. */
async function realPathOf(path: string): Promise<string> {
  try {
    return await realpath(path);
  } catch {
    return join(await realpath(dirname(path)).catch(() => resolve(dirname(path))), basename(path));
  }
}

/** `refused`: a system that gives no such socket; it is gone on without. */
function listenAt(address: string): Promise<Server | "taken" | "refused"> {
  return new Promise((done) => {
    const server = createServer((connection) => connection.destroy());
    server.once("error", ({ code }: NodeJS.ErrnoException) =>
      done(code === "EADDRINUSE" ? "taken" : "refused"),
    );
    server.listen(address, () => {
      server.unref();
      done(server);
    });
  });
}

function isAnswered(address: string): Promise<boolean> {
  return new Promise((done) => {
    const connection = createConnection(address, () => {
      connection.destroy();
      done(true);
    });
    connection.once("error", () => done(false));
  });
}
