import { createHash } from "node:crypto";
import { once } from "node:events";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { createServer, type IncomingMessage, type Server, type ServerResponse } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { gzipSync } from "node:zlib";
import { afterEach, beforeEach, expect, test } from "vitest";
import { type Download, download } from "./node-download.ts";

const content = Uint8Array.from({ length: 200_000 }, (_, i) => (i * 7 + (i >> 8)) % 256);
const md5 = createHash("md5").update(content).digest("hex");

let folder: string;
let server: Server | undefined;

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "designscape-download-"));
});

afterEach(async () => {
  rmSync(folder, { recursive: true });
  server?.closeAllConnections();
  await new Promise((resolve) => (server ? server.close(resolve) : resolve(undefined)));
  server = undefined;
});

/** Serves by `answer`; tells what ranges were asked for. */
async function serve(answer: (request: IncomingMessage, response: ServerResponse, n: number) => void) {
  const ranges: (string | undefined)[] = [];
  server = createServer((request, response) => {
    ranges.push(request.headers.range);
    answer(request, response, ranges.length);
  });
  await new Promise<void>((resolve) => server!.listen(0, "127.0.0.1", resolve));
  return { url: `http://127.0.0.1:${(server.address() as AddressInfo).port}/a.tar.gz`, ranges };
}

function get(url: string, more: Partial<Download> = {}) {
  return download({ url, path: join(folder, "a.tar.gz"), md5, tries: 2, idle: 2_000, ...more });
}

/** MD5 of what arrived. */
const here = () =>
  createHash("md5")
    .update(readFileSync(join(folder, "a.tar.gz")))
    .digest("hex");
const part = () => join(folder, "a.tar.gz.part");

/** The whole file, or the range asked for; the first `cut` answers break off after half of what they promise. */
function ranged(cut = 0) {
  return (request: IncomingMessage, response: ServerResponse, n: number) => {
    const start = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
    if (start >= content.length) return void response.writeHead(416).end();
    const rest = content.subarray(start);
    const headers = { "content-length": rest.length };
    if (request.headers.range)
      response.writeHead(206, {
        ...headers,
        "content-range": `bytes ${start}-${content.length - 1}/${content.length}`,
      });
    else response.writeHead(200, headers);
    if (n > cut) return void response.end(rest);
    response.write(rest.subarray(0, rest.length / 2), () => response.destroy());
  };
}

test("a whole file arrives, with progress", async () => {
  const { url } = await serve(ranged());
  const seen: (readonly [number, number | undefined])[] = [];
  await get(url, { onBytes: (done, total) => seen.push([done, total]) });
  expect(here()).toBe(md5);
  expect(existsSync(part())).toBe(false);
  expect(seen.at(-1)).toEqual([content.length, content.length]);
});

test("a connection that breaks goes on where it ended", async () => {
  const { url, ranges } = await serve(ranged(2));
  await get(url);
  expect(here()).toBe(md5);
  expect(ranges[0]).toBeUndefined();
  expect(ranges.slice(1)).toHaveLength(2);
  for (const range of ranges.slice(1)) expect(range).toMatch(/^bytes=\d+-$/);
});

test("what an earlier run left is gone on with", async () => {
  writeFileSync(part(), content.subarray(0, 150_000));
  const { url, ranges } = await serve(ranged());
  await get(url);
  expect(ranges).toEqual(["bytes=150000-"]);
  expect(here()).toBe(md5);
});

test("one that was whole already is only checked", async () => {
  writeFileSync(part(), content);
  const { url } = await serve(ranged());
  await get(url);
  expect(here()).toBe(md5);
});

test("one that is there, and whole, is not fetched again; another one is", async () => {
  writeFileSync(join(folder, "a.tar.gz"), content);
  const { url, ranges } = await serve(ranged());
  await get(url);
  expect(ranges).toEqual([]);
  writeFileSync(join(folder, "a.tar.gz"), content.subarray(1));
  await get(url);
  expect(ranges).toEqual([undefined]);
  expect(here()).toBe(md5);
});

test("an archive that the server calls encoded arrives as it lies there, also after a break and a redirect", async () => {
  const archive = gzipSync(content, { level: 0 });
  const { url, ranges } = await serve((request, response, n) => {
    if (request.url === "/a.tar.gz") return void response.writeHead(302, { location: "/mirror/a" }).end();
    const start = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
    const rest = archive.subarray(start);
    response.writeHead(start > 0 ? 206 : 200, {
      ...{ "content-encoding": "gzip", "content-length": rest.length },
      ...(start > 0 ? { "content-range": `bytes ${start}-${archive.length - 1}/${archive.length}` } : {}),
    });
    if (n > 2) return void response.end(rest);
    response.write(rest.subarray(0, 1000), () => response.destroy());
  });
  const seen: (readonly [number, number | undefined])[] = [];
  await get(url, {
    md5: createHash("md5").update(archive).digest("hex"),
    onBytes: (done, total) => seen.push([done, total]),
  });
  expect(ranges).toEqual([undefined, undefined, "bytes=1000-", "bytes=1000-"]);
  expect(readFileSync(join(folder, "a.tar.gz"))).toEqual(archive);
  expect(seen.at(-1)).toEqual([archive.length, archive.length]);
});

test("a server that redirects in a circle is given up on", async () => {
  const { url } = await serve((_, response) => void response.writeHead(302, { location: "/a.tar.gz" }).end());
  await expect(get(url, { tries: 1 })).rejects.toThrow("it redirects more than 20 times");
});

test("a server without ranges sends all of it again", async () => {
  writeFileSync(part(), content.subarray(0, 150_000));
  const { url } = await serve((_, response) => {
    response.writeHead(200, { "content-length": content.length }).end(content);
  });
  await get(url);
  expect(here()).toBe(md5);
});

test("a file that has changed on the server since is fetched whole, not patched together", async () => {
  const old = content.map((byte) => 255 - byte);
  const asked: (string | string[] | undefined)[] = [];
  const { url } = await serve((request, response, n) => {
    const [bytes, etag] = n === 1 ? [old, '"old"'] : [content, '"new"'];
    asked.push(request.headers["if-range"]);
    const start = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
    const whole = start === 0 || request.headers["if-range"] !== etag;
    const rest = bytes.subarray(whole ? 0 : start);
    response.writeHead(whole ? 200 : 206, {
      ...{ etag, "content-length": rest.length },
      ...(whole ? {} : { "content-range": `bytes ${start}-${bytes.length - 1}/${bytes.length}` }),
    });
    if (n > 2) return void response.end(rest);
    response.write(rest.subarray(0, rest.length / 2), () => response.destroy());
  });
  await get(url);
  expect(asked).toEqual([undefined, '"old"', '"new"']);
  expect(here()).toBe(md5);
  expect(readdirSync(folder)).toEqual(["a.tar.gz"]);
});

test("weak tags are not gone by", async () => {
  const asked: (string | string[] | undefined)[] = [];
  const answer = ranged(1);
  const { url } = await serve((request, response, n) => {
    asked.push(request.headers["if-range"]);
    response.setHeader("etag", 'W/"1"');
    answer(request, response, n);
  });
  await get(url);
  expect(asked).toEqual([undefined, undefined]);
  expect(here()).toBe(md5);
});

test("a leftover of another file is found out, and all of it fetched", async () => {
  writeFileSync(part(), new Uint8Array(150_000).fill(1));
  const { url, ranges } = await serve(ranged());
  await get(url);
  expect(ranges).toEqual(["bytes=150000-", undefined]);
  expect(here()).toBe(md5);
});

test("a wrong checksum is refused with both, and nothing is kept", async () => {
  const { url } = await serve((_, response) => void response.end("something else"));
  const found = createHash("md5").update("something else").digest("hex");
  await expect(get(url)).rejects.toThrow(
    `its MD5 is ${found} (14 bytes) where ${md5} belongs; nothing of it is kept`,
  );
  expect([existsSync(part()), existsSync(join(folder, "a.tar.gz"))]).toEqual([false, false]);
});

test("a connection that always breaks is given up on; what came stays for the next time", async () => {
  const { url } = await serve((_, response) => void response.destroy());
  writeFileSync(part(), content.subarray(0, 2048));
  await expect(get(url)).rejects.toThrow("with 2 kB here; the same command goes on from there");
  expect(existsSync(part())).toBe(true);
});

test("a server that falls silent is a broken connection", async () => {
  const { url } = await serve((_, response) => {
    response.writeHead(200, { "content-length": content.length });
    response.flushHeaders();
  });
  await expect(get(url, { idle: 30 })).rejects.toThrow("nothing came for 0.03 seconds");
});

test.runIf(existsSync("/dev/full"))("a full disk is no broken connection: it is told at once", async () => {
  const { url, ranges } = await serve(ranged());
  symlinkSync("/dev/full", part());
  await expect(get(url)).rejects.toThrow(
    `${part()}: the disk is full (ENOSPC); what came is kept: free some space, then the same command goes on`,
  );
  expect(ranges).toHaveLength(1);
});

test.runIf(existsSync("/dev/full"))(
  "so is one without room for the version of the file",
  {
    timeout: 3_000,
  },
  async () => {
    let hungUp: Promise<unknown> | undefined;
    const { url, ranges } = await serve((_, response) => {
      hungUp = once(response, "close");
      response.writeHead(200, { etag: '"1"', "content-length": content.length }).write(content.subarray(1));
    });
    symlinkSync("/dev/full", `${part()}.tag`);
    await expect(get(url)).rejects.toThrow(`${part()}: the disk is full (ENOSPC); what came is kept`);
    expect(ranges).toHaveLength(1);
    // An open connection would keep the program from ending, for seconds at least.
    await hungUp;
  },
);

test("an address that is not there is refused at once", async () => {
  const { url, ranges } = await serve((_, response) => void response.writeHead(404).end());
  await expect(get(url)).rejects.toThrow("the server answers 404; see whether the address is right");
  expect(ranges).toHaveLength(1);
});

test("aborting keeps what came", async () => {
  const controller = new AbortController();
  const { url } = await serve((_, response) => {
    response.writeHead(200, { "content-length": content.length });
    response.write(content.subarray(0, 1000));
  });
  const onBytes = () => controller.abort();
  await expect(get(url, { signal: controller.signal, onBytes })).rejects.toMatchObject({
    name: "AbortError",
  });
  expect(readFileSync(part())).toHaveLength(1000);
});
