import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { parseArgs } from "node:util";
import { parseTrialLines } from "../../src/engine/sweep/trial-lines.ts";
import { differing, halvedStudy, type Moment, moments, print, study } from "./kills.ts";

/**
 * `designscape sweep` killed (SIGKILL) at random moments over a whole study of 40 trials, gone on with `--resume` each
 * time, beside a run that nobody kills: do the records differ? Status 1 if they do. `--halving`: a study with halving, a
 * rule and two seeds. `--at write`: within a few milliseconds of a change on the disk, so that records and checkpoints are
 * being written.
 * `npx tsx bench/kills/sweep.ts [--kills 12] [--seed 1] [--threads 1] [--halving] [--at any|write]`
 */
const { values } = parseArgs({
  options: {
    kills: { type: "string", default: "12" },
    seed: { type: "string", default: "1" },
    threads: { type: "string", default: "1" },
    halving: { type: "boolean", default: false },
    at: { type: "string", default: "any" },
  },
});
const folder = mkdtempSync(join(tmpdir(), "designscape-kills-"));
const [file, whole, parts] = ["study.json", "whole.jsonl", "parts.jsonl"].map((name) => join(folder, name));
writeFileSync(file!, JSON.stringify(values.halving ? halvedStudy : study));

const trialsIn = (path: string) => (existsSync(path) ? parseTrialLines(readFileSync(path)).trials : []);

/** What is on the disk: the size of the results, the checkpoints and of when they are. */
function stateOf(out: string): string {
  try {
    const files = readdirSync(`${out}.checkpoints`);
    const times = files.map((name) => `${name} ${statSync(join(`${out}.checkpoints`, name)).mtimeMs}`);
    return `${existsSync(out) ? statSync(out).size : 0} ${times}`;
  } catch {
    // A file may go between the two looks.
    return `${existsSync(out) ? statSync(out).size : 0}`;
  }
}

/** Waits for one of the next changes on the disk, then up to three milliseconds more. */
async function nextWrite(out: string, open: () => boolean, later: number): Promise<void> {
  for (let changes = 1 + (Math.floor(later) % 6); changes > 0; changes--) {
    const before = stateOf(out);
    while (open() && stateOf(out) === before) await new Promise((resolve) => setImmediate(resolve));
  }
  const until = performance.now() + (3 * later) / 1_500;
  while (performance.now() < until);
}

/** Runs until the end or, given a moment, until then. */
async function sweep(out: string, moment?: Moment): Promise<"ended" | "killed"> {
  const args = ["sweep", file!, "--out", out, "--resume", "--threads", values.threads];
  const child = spawn(process.execPath, ["--import", "tsx", "src/cli/main.ts", ...args], { stdio: "ignore" });
  const closed = new Promise<NodeJS.Signals | number | null>((resolve) =>
    child.on("close", (status, signal) => resolve(signal ?? status)),
  );
  let open = true;
  void closed.then(() => {
    open = false;
  });
  if (moment !== undefined) {
    // Not while it starts: that it does again and again would be all that is tested.
    while (open && !existsSync(`${out}.checkpoints`) && trialsIn(out).length === 0) await sleep(10);
    while (open && trialsIn(out).length < moment.trials) await sleep(10);
    if (values.at === "write") await nextWrite(out, () => open, moment.later);
    else await sleep(moment.later);
    child.kill("SIGKILL");
  }
  const ending = await closed;
  if (ending !== 0 && ending !== "SIGKILL") throw new Error(`the sweep ended with status ${ending}`);
  return ending === 0 ? "ended" : "killed";
}

try {
  await sweep(whole!);
  let kills = 0;
  for (const moment of moments(Number(values.kills), Number(values.seed))) {
    const before = performance.now();
    if ((await sweep(parts!, moment)) === "ended") break;
    kills++;
    const checkpoints = existsSync(`${parts!}.checkpoints`);
    const bytes = existsSync(parts!) ? readFileSync(parts!) : new Uint8Array();
    const { trials, cutOff } = parseTrialLines(bytes);
    const at = { recorded: trials.length, cutOff, checkpoints, ms: Math.round(performance.now() - before) };
    print({ bench: "kills", by: "SIGKILL", ...at });
  }
  await sweep(parts!);
  const [wanted, found] = [trialsIn(whole!), trialsIn(parts!)];
  const differ = differing(found, wanted);
  const left = existsSync(`${parts!}.checkpoints`);
  print({ bench: "kills", kills, trials: found.length, of: wanted.length, differ, checkpointsLeft: left });
  if (differ.length > 0 || left) process.exitCode = 1;
} finally {
  rmSync(folder, { recursive: true });
}
