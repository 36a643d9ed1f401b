import { spawn } from "node:child_process";
import { createHash } from "node:crypto";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync } from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { createRng } from "../../src/engine/math/rng.ts";
import { cifarEntries, tarGzOf } from "../../test/fixtures/archives.ts";
import { print } from "./kills.ts";

/**
 * `designscape data cifar10` from a slow server of this machine with a made archive, killed (SIGKILL) at random moments of
 * its download, unpacking and writing, and begun again until it ends, beside one that nobody kills: are the data sets the
 * same? Status 1 if not. `fetched` is what the server sent, of one archive: what was under way at a kill is sent twice.
 * `npx tsx bench/kills/download.ts [--kills 12] [--seed 1] [--seconds 2]`
 */
const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "12" },
    seed: { type: "string", default: "1" },
    seconds: { type: "string", default: "2" },
  },
});

const archive = tarGzOf(cifarEntries("cifar10", { train: 400, test: 200 }));
const md5 = createHash("md5").update(archive).digest("hex");
const etag = `"${md5}"`;
/** Pieces that the whole archive is sent in, evenly over its seconds. */
const pieces = 100;

let sent = 0;
let requests = 0;
const server = createServer(async (request, response) => {
  requests += 1;
  const asked = Number(/^bytes=(\d+)-/.exec(request.headers.range ?? "")?.[1] ?? 0);
  const start = request.headers["if-range"] === etag ? asked : 0;
  if (start >= archive.length) return void response.writeHead(416).end();
  const rest = archive.subarray(start);
  const range = `bytes ${start}-${archive.length - 1}/${archive.length}`;
  response.writeHead(start > 0 ? 206 : 200, {
    ...{ etag, "content-length": rest.length },
    ...(start > 0 ? { "content-range": range } : {}),
  });
  const size = Math.ceil(archive.length / pieces);
  for (let at = 0; at < rest.length && !response.destroyed; at += size) {
    const piece = rest.subarray(at, at + size);
    response.write(piece);
    sent += piece.length;
    await sleep((1_000 * Number(values.seconds)) / pieces);
  }
  response.end();
});
await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/cifar-10-binary.tar.gz`;
const folder = mkdtempSync(join(tmpdir(), "designscape-kills-"));

/** Runs until the end or, given a moment, until so many milliseconds after its first request, or after its archive is there. */
async function fetchInto(root: string, later?: number): Promise<"ended" | "killed"> {
  const args = ["data", "cifar10", "--from", url, "--md5", md5];
  const child = spawn(process.execPath, ["--import", "tsx", "src/cli/main.ts", ...args], {
    stdio: "ignore",
    env: { ...process.env, DESIGNSCAPE_DATA: root },
  });
  const closed = new Promise<NodeJS.Signals | number | null>((resolve) =>
    child.on("close", (status, signal) => resolve(signal ?? status)),
  );
  if (later !== undefined) {
    const before = requests;
    const there = () => existsSync(join(root, "cifar10.tar.gz"));
    while (child.exitCode === null && requests === before && !there()) await sleep(5);
    await sleep(later);
    child.kill("SIGKILL");
  }
  const ending = await closed;
  if (ending !== 0 && ending !== "SIGKILL") throw new Error(`the download ended with status ${ending}`);
  return ending === 0 ? "ended" : "killed";
}

function contentOf(root: string): string {
  const files = readdirSync(root, { recursive: true }).map(String).toSorted();
  const digests = files
    .filter((file) => statSync(join(root, file)).isFile())
    .map((file) => [
      file,
      createHash("sha256")
        .update(readFileSync(join(root, file)))
        .digest("hex"),
    ]);
  return JSON.stringify(digests);
}

try {
  const [whole, parts] = [join(folder, "whole"), join(folder, "parts")];
  await fetchInto(whole);
  sent = 0;
  const rng = createRng(Number(values.seed), "kill");
  let kills = 0;
  let restarts = 0;
  while (kills < Number(values.kills)) {
    const later = rng.uniform(0, (2_000 * Number(values.seconds)) / Number(values.kills));
    if ((await fetchInto(parts, later)) === "ended") {
      // It was quicker than the kills: from the beginning.
      rmSync(parts, { recursive: true });
      restarts += 1;
      continue;
    }
    kills++;
    const part = join(parts, "cifar10.tar.gz.part");
    print({
      bench: "kills",
      by: "SIGKILL",
      here: existsSync(part) ? statSync(part).size : 0,
      of: archive.length,
    });
  }
  await fetchInto(parts);
  const same = contentOf(parts) === contentOf(whole);
  const fetched = sent / archive.length / (restarts + 1);
  print({ bench: "kills", download: true, kills, restarts, fetched, same });
  if (!same) process.exitCode = 1;
} finally {
  server.closeAllConnections();
  server.close();
  rmSync(folder, { recursive: true });
}
