import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { ensureChromium } from "./chromium.mjs";
import { at } from "./paths.mjs";
import { npm } from "./run.mjs";
import { setUp } from "./setup.mjs";

/** The whole gate: stages in order, the first that fails ends it; the last line counts the tests. */

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

const vitestReport = at(".cache/vitest.json");
const playwrightReport = at(".cache/playwright.json");

/** @type {{ name: string, run: () => Promise<number | void>, counts?: () => Counts }[]} */
const stages = [
  { name: "set-up", run: setUp },
  { name: "browser", run: ensureChromium },
  { name: "types", run: () => npm(["run", "--silent", "types"]) },
  { name: "lint and format", run: () => npm(["run", "--silent", "lint"]) },
  { name: "import directions", run: () => npm(["run", "--silent", "imports"]) },
  {
    name: "unit and cross-executor",
    run: () =>
      npm([
        ...["run", "--silent", "unit", "--"],
        ...["--reporter=default", "--reporter=json", `--outputFile.json=${vitestReport}`],
      ]),
    counts: vitestCounts,
  },
  { name: "production build", run: () => npm(["run", "--silent", "build:app"]) },
  {
    name: "end-to-end",
    run: () =>
      npm(["run", "--silent", "e2e:built", "--", "--reporter=list,json"], {
        env: { PLAYWRIGHT_JSON_OUTPUT_FILE: playwrightReport },
      }),
    counts: playwrightCounts,
  },
];

/** @returns {Counts} */
function vitestCounts() {
  const report = JSON.parse(readFileSync(vitestReport, "utf8"));
  return {
    passed: report.numPassedTests,
    failed: report.numFailedTests,
    skipped: report.numPendingTests + report.numTodoTests,
  };
}

/** @returns {Counts} */
function playwrightCounts() {
  const { stats } = JSON.parse(readFileSync(playwrightReport, "utf8"));
  return { passed: stats.expected, failed: stats.unexpected + stats.flaky, skipped: stats.skipped };
}

/** @type {Counts} */
const total = { passed: 0, failed: 0, skipped: 0 };
mkdirSync(at(".cache"), { recursive: true });
for (const report of [vitestReport, playwrightReport]) rmSync(report, { force: true });

let broken;
for (const stage of stages) {
  const began = performance.now();
  process.stdout.write(`\n▶ ${stage.name}\n`);
  let ok = false;
  try {
    ok = ((await stage.run()) ?? 0) === 0;
  } catch (error) {
    process.stdout.write(`${error instanceof Error ? error.message : error}\n`);
  }
  if (stage.counts !== undefined) {
    try {
      const counts = stage.counts();
      for (const key of /** @type {(keyof Counts)[]} */ (Object.keys(total))) total[key] += counts[key];
    } catch {
      // No report: the runner itself broke, which the stage's status already says.
      ok = false;
    }
  }
  const seconds = ((performance.now() - began) / 1000).toFixed(1);
  process.stdout.write(`${ok ? "✔" : "✘"} ${stage.name}: ${ok ? "passed" : "FAILED"} in ${seconds} s\n`);
  if (!ok) {
    broken = stage.name;
    break;
  }
}

if (broken !== undefined) {
  // A stage without tests, or one that broke before its tests, still counts as a failure.
  total.failed = Math.max(total.failed, 1);
  process.stdout.write(`\nStopped at: ${broken}\n`);
}
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed${skipped}\n`);
process.exit(broken === undefined ? 0 : 1);
