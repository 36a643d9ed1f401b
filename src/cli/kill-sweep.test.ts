import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, statSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { expect, test } from "vitest";
import { smallNetwork } from "../../test/fixtures/any-study.ts";
import { createRng } from "../engine/math/rng.ts";
import { withoutTimes } from "../engine/sweep/trial.ts";
import { parseTrialLines } from "../engine/sweep/trial-lines.ts";

const folder = mkdtempSync(join(tmpdir(), "designscape-kill-"));
const study = join(folder, "study.json");
writeFileSync(
  study,
  JSON.stringify({
    version: 1,
    populations: [{ name: "three", networks: [8, 16, 24].map((width) => smallNetwork(`w${width}`, width)) }],
    regime: { images: 256, testImages: 64, batch: 16, epochs: 8, ema: 0.9, flip: true },
  }),
);

/** What is on the disk: size of the results, and which checkpoints there are, of when. */
function stateOf(out: string): string {
  const size = existsSync(out) ? statSync(out).size : 0;
  try {
    const files = readdirSync(`${out}.checkpoints`);
    return `${size} ${files.map((name) => `${name} ${statSync(join(`${out}.checkpoints`, name)).mtimeMs}`)}`;
  } catch {
    // A file may go between the two looks.
    return `${size}`;
  }
}

/** Runs the sweep in a process of its own; kills it so many milliseconds after its first write. */
function sweep(out: string, killAfterMs?: number): Promise<"ended" | "killed"> {
  const args = ["sweep", study, "--out", out, "--resume", "--threads", "1"];
  const child = spawn(process.execPath, ["--import", "tsx", "src/cli/main.ts", ...args], { stdio: "ignore" });
  const before = stateOf(out);
  let armed = killAfterMs === undefined;
  const watch = setInterval(() => {
    if (armed || stateOf(out) === before) return;
    armed = true;
    setTimeout(() => child.kill("SIGKILL"), killAfterMs);
  }, 2);
  return new Promise((resolve, reject) =>
    child.on("close", (status, signal) => {
      clearInterval(watch);
      if (signal === "SIGKILL") resolve("killed");
      else if (status === 0) resolve("ended");
      else reject(new Error(`the sweep ended with status ${status}`));
    }),
  );
}

const records = (out: string) => parseTrialLines(readFileSync(out)).trials.map(withoutTimes);

// Each of these processes takes a second to start where nothing else runs, and many where much does.
test("a sweep that is killed again and again, at random moments, ends with the records of an uninterrupted one", {
  timeout: 120_000,
}, async () => {
  const [whole, parts] = [join(folder, "whole.jsonl"), join(folder, "parts.jsonl")];
  const uninterrupted = sweep(whole);
  const rng = createRng(1, "kill");
  let kills = 0;
  for (;;) {
    if ((await sweep(parts, kills < 2 ? rng.uniform(0, 120) : undefined)) === "killed") kills++;
    else if (kills > 0) break;
    // Over before it could be killed: on a busy machine its first write is seen late. Once more.
    else rmSync(parts);
  }
  await uninterrupted;
  expect(records(parts)).toEqual(records(whole));
  expect(records(whole)).toHaveLength(3);
  expect(existsSync(`${parts}.checkpoints`)).toBe(false);
});
