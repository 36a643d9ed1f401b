import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { mkdir, open, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import type { IncomingHttpHeaders } from "node:http";
import { dirname } from "node:path";
import { badFile, bytesText } from "./files/limits.ts";
import { writing } from "./node-disk.ts";
import { requestBytes } from "./node-request.ts";

export interface Download {
  readonly url: string;
  /** Where the whole file comes to lie; until then it grows beside it, as path.part, with its version in path.part.tag. */
  readonly path: string;
  /** 32 hexadecimal digits. */
  readonly md5: string;
  /** Bytes that are here, of all; `total` is unknown where the server does not say. */
  readonly onBytes?: (done: number, total: number | undefined) => void;
  readonly signal?: AbortSignal;
  /** Tries after a broken connection, each going on where the last one ended. */
  readonly tries?: number;
  /** A connection that brings nothing for so long is broken. Milliseconds. */
  readonly idle?: number;
}

/**
 * Downloads a file and verifies its MD5. What came before an interruption is kept and the rest asked for (HTTP Range,
 * RFC 9110, section 14), now or by a later call; a server that cannot do that, or has another version of the file by now
 * (If-Range, section 13.1.5), sends all of it again.
 * @throws InputError where the server refuses, the connection breaks too often, or the checksum is wrong
 */
export async function download(request: Download): Promise<void> {
  const part = `${request.path}.part`;
  await mkdir(dirname(part), { recursive: true });
  // Left by a program that died before it had read it.
  if ((await sizeOf(request.path)) > 0 && (await md5OfFile(request.path)) === request.md5) return;
  const before = await sizeOf(part);
  await fetchAll(request, part);
  let found = await md5OfFile(part);
  if (found !== request.md5 && before > 0) {
    // What lay here may be of another file, or half of a block: once more, from the beginning.
    await remove(part);
    await fetchAll(request, part);
    found = await md5OfFile(part);
  }
  if (found !== request.md5) {
    const size = await sizeOf(part);
    await remove(part);
    throw badFile(
      request.url,
      `its MD5 is ${found} (${size} bytes) where ${request.md5} belongs; nothing of it is kept`,
    );
  }
  await rename(part, request.path);
  await rm(tagOf(part), { force: true });
}

const tagOf = (part: string) => `${part}.tag`;

async function remove(part: string): Promise<void> {
  await rm(part);
  await rm(tagOf(part), { force: true });
}

export async function md5OfFile(path: string): Promise<string> {
  const hash = createHash("md5");
  for await (const piece of createReadStream(path)) hash.update(piece);
  return hash.digest("hex");
}

const keptPart = "what came is kept: free some space, then the same command goes on";

/** Lets the part grow until the server says that it is whole. */
async function fetchAll(request: Download, part: string): Promise<void> {
  const { url, tries = 4, signal } = request;
  for (let attempt = 1; ; attempt++) {
    const before = await sizeOf(part);
    try {
      await fetchRest(request, part, before);
      return;
    } catch (error) {
      signal?.throwIfAborted();
      if (error instanceof Error && error.name === "InputError") throw error;
      const size = await sizeOf(part);
      // A try that brought something does not count.
      if (size > before) attempt = 0;
      if (attempt >= tries)
        throw badFile(
          url,
          `the connection broke (${reasonOf(error)}) with ${bytesText(size)} here; the same command goes on from there`,
        );
    }
  }
}

async function fetchRest(
  { url, onBytes, signal, idle = 60_000 }: Download,
  part: string,
  from: number,
): Promise<void> {
  const watch = new AbortController();
  const cancel = () => watch.abort(signal?.reason);
  signal?.throwIfAborted();
  signal?.addEventListener("abort", cancel);
  let timer: ReturnType<typeof setTimeout> | undefined;
  const stir = () => {
    clearTimeout(timer);
    timer = setTimeout(() => watch.abort(new Error(`nothing came for ${idle / 1000} seconds`)), idle);
  };
  try {
    stir();
    const tag = from > 0 ? await readFile(tagOf(part), "utf8").catch(() => undefined) : undefined;
    const rest = from > 0 ? { range: `bytes=${from}-`, ...(tag ? { "if-range": tag } : {}) } : {};
    const asked = { "accept-encoding": "identity", ...rest };
    const { status, headers, pieces } = await requestBytes(url, asked, watch.signal);
    // All of it is here already: what it is worth, its checksum says.
    if (status === 416 && from > 0) return;
    if (status < 200 || status > 299)
      throw badFile(url, `the server answers ${status}; see whether the address is right`);
    const resumed = status === 206 && rangeStart(headers) === from;
    if (status === 206 && !resumed)
      throw badFile(url, "the server answers with another range than was asked for");
    const start = resumed ? from : 0;
    const length = Number(headers["content-length"] ?? Number.NaN);
    const total = Number.isFinite(length) ? start + length : undefined;
    const file = await open(part, resumed ? "a" : "w");
    let done = start;
    try {
      // Not before the old version's bytes are gone, which it would pass for its own.
      if (!resumed) await writing(part, keptPart, () => keepTag(part, headers));
      for await (const piece of pieces) {
        stir();
        await writing(part, keptPart, () => file.write(piece));
        done += piece.length;
        onBytes?.(done, total);
      }
    } finally {
      await file.close();
    }
    if (total !== undefined && done < total) throw new Error(`${done} of ${total} bytes came`);
  } catch (error) {
    // Why it was ended, not that it was.
    throw watch.signal.aborted ? watch.signal.reason : error;
  } finally {
    clearTimeout(timer);
    signal?.removeEventListener("abort", cancel);
    // Where an answer is not read to its end the connection would stay, and the program with it.
    watch.abort();
  }
}

/** Keeps what tells this version of the file from others. Weak tags do not: equal ones may differ in bytes. */
async function keepTag(part: string, { etag: tag }: IncomingHttpHeaders): Promise<void> {
  if (tag?.startsWith('"')) await writeFile(tagOf(part), tag);
  else await rm(tagOf(part), { force: true });
}

/** "bytes 100-199/200" → 100. */
function rangeStart(headers: IncomingHttpHeaders): number | undefined {
  const start = /^bytes (\d+)-/.exec(headers["content-range"] ?? "")?.[1];
  return start === undefined ? undefined : Number(start);
}

async function sizeOf(path: string): Promise<number> {
  return stat(path).then(
    ({ size }) => size,
    () => 0,
  );
}

function reasonOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? error.cause.message : error.message;
}
