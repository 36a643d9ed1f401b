import { readdirSync, readFileSync } from "node:fs";
import { parseArgs } from "node:util";
import type { CDPSession, Page } from "@playwright/test";
import { parseStudy } from "../src/engine/sweep/study.ts";
import { encodeStudy } from "../src/engine/sweep/study-url.ts";
import { openBuiltPage } from "./built-page.ts";

/**
 * What the tab and its sweep worker hold after 20, 40, … 200 trials of a study that is run in the page: two epochs of four
 * steps each, of 200 different networks of two populations. The run is paused for every look, and both heaps are collected
 * first. A line each, in bytes; the last line is the growth per trial between a quarter of the trials and the end.
 * V8 compiles what has become hot, and that code is in its heap: `--interpreted` leaves JavaScript uncompiled.
 * `npm run build && npx tsx bench/page-memory.ts [--trials 200] [--every 20] [--interpreted] [--dist dist]`
 */
const { values } = parseArgs({
  options: {
    trials: { type: "string", default: "200" },
    every: { type: "string", default: "20" },
    interpreted: { type: "boolean", default: false },
    dist: { type: "string", default: "dist" },
  },
});
const [trials, every] = [Number(values.trials), Number(values.every)];

const study = parseStudy({
  version: 1,
  name: "Memory",
  seed: 3,
  populations: (["anynetxa", "regnetx"] as const).map((space) => ({
    name: space,
    space,
    count: Math.ceil(trials / 2),
    budget: { flops: "0.2M..1M" },
  })),
  regime: { images: 64, testImages: 32, batch: 16, epochs: 2 },
});

/** Of one JavaScript thread, after a full collection. */
interface Heap {
  readonly usedSize: number;
  /** Outside the heap: array buffers, linear memory. */
  readonly backingStorageSize?: number;
  readonly embedderHeapUsedSize?: number;
}

type Send = <T>(method: string, params?: object) => Promise<T>;

/** Speaks to the one worker of a page, whose protocol arrives wrapped in the page's. */
async function workerSession(session: CDPSession): Promise<Send> {
  const attached = new Promise<string>((resolve) =>
    session.on("Target.attachedToTarget", ({ sessionId, targetInfo }) => {
      if (targetInfo.type === "worker" && targetInfo.url.includes("sweep-worker")) resolve(sessionId);
    }),
  );
  await session.send("Target.setAutoAttach", {
    autoAttach: true,
    waitForDebuggerOnStart: false,
    flatten: false,
  });
  const sessionId = await attached;
  const waiting = new Map<number, { resolve(value: unknown): void; reject(error: Error): void }>();
  session.on("Target.receivedMessageFromTarget", ({ sessionId: from, message }) => {
    const { id, result, error } = JSON.parse(message) as {
      id?: number;
      result?: unknown;
      error?: { message: string };
    };
    const asked = from === sessionId && id !== undefined ? waiting.get(id) : undefined;
    if (asked === undefined) return;
    if (error) asked.reject(new Error(error.message));
    else asked.resolve(result);
  });
  let last = 0;
  return (method, params = {}) =>
    new Promise((resolve, reject) => {
      const id = ++last;
      waiting.set(id, { resolve: resolve as (value: unknown) => void, reject });
      const message = JSON.stringify({ id, method, params });
      session.send("Target.sendMessageToTarget", { sessionId, message }).catch(reject);
    });
}

async function collected(send: Send): Promise<Heap> {
  // What a finalizer frees is gone the second time.
  for (let i = 0; i < 2; i++) await send("HeapProfiler.collectGarbage");
  return send<Heap>("Runtime.getHeapUsage");
}

/** Bytes of all linear memories that a thread holds. */
async function linearMemory(send: Send): Promise<number> {
  interface Remote {
    readonly result: { readonly objectId: string };
  }
  const prototype = await send<Remote>("Runtime.evaluate", { expression: "WebAssembly.Memory.prototype" });
  const { objects } = await send<{ objects: { objectId: string } }>("Runtime.queryObjects", {
    prototypeObjectId: prototype.result.objectId,
    objectGroup: "memories",
  });
  const sum = await send<{ result: { value: number } }>("Runtime.callFunctionOn", {
    objectId: objects.objectId,
    functionDeclaration:
      "function () { return [...new Set(this.map((each) => each.buffer))].reduce((sum, each) => sum + each.byteLength, 0); }",
    returnByValue: true,
  });
  await send("Runtime.releaseObjectGroup", { objectGroup: "memories" });
  return sum.result.value;
}

/** Resident pages of the process that has the most of them among those that draw pages. */
function residentOfRenderer(): number {
  const sizes = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((pid) => {
      try {
        const command = readFileSync(`/proc/${pid}/cmdline`, "utf8");
        if (!command.includes("--type=renderer") || !isOurs(pid)) return [];
        const resident = /VmRSS:\s+(\d+) kB/.exec(readFileSync(`/proc/${pid}/status`, "utf8"))?.[1];
        return [1024 * Number(resident ?? 0)];
      } catch {
        return [];
      }
    });
  return Math.max(0, ...sizes);
}

/** Whether this process started it, or one that did. */
function isOurs(pid: string): boolean {
  for (let at = pid; at !== "0" && at !== ""; ) {
    if (at === String(process.pid)) return true;
    at = /^PPid:\s+(\d+)$/m.exec(readFileSync(`/proc/${at}/status`, "utf8"))?.[1] ?? "";
  }
  return false;
}

const { browser, url, close } = await openBuiltPage({
  outDir: values.dist,
  jsFlags: values.interpreted ? "--no-sparkplug --no-maglev --no-opt" : undefined,
});
try {
  const page = await browser.newPage({ viewport: { width: 1440, height: 900 } });
  const session = await page.context().newCDPSession(page);
  const toPage: Send = (method, params = {}) =>
    session.send(method as Parameters<CDPSession["send"]>[0], params as never) as Promise<never>;
  const worker = workerSession(session);
  await page.goto(`${url}#/study?${encodeStudy(study)}`);
  await page.getByRole("button", { name: "Run", exact: true }).click();
  const toWorker = await worker;

  const rows = [];
  for (let next = every; next <= trials; next += every) {
    await recorded(page, next);
    await pause(page);
    const [tab, training] = [await collected(toPage), await collected(toWorker)];
    const row = {
      trials: await count(page),
      page: tab.usedSize,
      pageOutside: tab.backingStorageSize,
      pageEmbedder: tab.embedderHeapUsedSize,
      worker: training.usedSize,
      workerOutside: training.backingStorageSize,
      linear: await linearMemory(toWorker),
      resident: residentOfRenderer(),
      nodes: (await toPage<{ nodes: number }>("Memory.getDOMCounters")).nodes,
    };
    rows.push(row);
    print({ bench: "page-memory", ...row });
    const resume = page.getByRole("button", { name: "Resume" });
    if (await resume.isVisible()) await resume.click();
  }
  const from = rows.find((row) => row.trials >= trials / 4)!;
  const to = rows.at(-1)!;
  const keys = Object.keys(to).filter((key) => key !== "trials") as (keyof typeof to)[];
  const growth = keys.map((key) => [
    key,
    Math.round(((to[key] ?? 0) - (from[key] ?? 0)) / (to.trials - from.trials)),
  ]);
  print({
    bench: "page-memory",
    from: from.trials,
    to: to.trials,
    perTrial: Object.fromEntries(growth),
  });
} finally {
  await close();
}

async function count(page: Page): Promise<number> {
  const text = await page.getByRole("region", { name: "Run" }).getByRole("status").first().innerText();
  return Number.parseInt(text, 10);
}

async function recorded(page: Page, least: number): Promise<void> {
  while ((await count(page)) < least) await page.waitForTimeout(50);
}

async function pause(page: Page): Promise<void> {
  const button = page.getByRole("button", { name: "Pause" });
  if (!(await button.isVisible())) return;
  await button.click();
  await page.locator('[data-phase="paused"], [data-phase="complete"]').waitFor();
}

function print(line: object): void {
  process.stdout.write(`${JSON.stringify(line)}\n`);
}
