import { mkdirSync, readFileSync, rmSync } from "node:fs";
import { ensureChromium } from "./chromium.mjs";
import { at } from "./paths.mjs";
import { npm, npmOutput } from "./run.mjs";
import { setUp } from "./setup.mjs";

/**
 * The whole gate: stages in order, the first that fails ends it; the last line counts the tests. What looks at the
 * sources alone, and the production build, go beside the unit tests, which leave processors idle while pages start and
 * processes are waited for; what these print comes when they end.
 */

/** @typedef {{ passed: number, failed: number, skipped: number }} Counts */

const vitestReport = at(".cache/vitest.json");
const playwrightReport = at(".cache/playwright.json");

/** @typedef {{ name: string, run: () => Promise<number | void>, counts?: () => Counts }} Stage */

/** @type {Stage[]} */
const before = [
  { name: "set-up", run: setUp },
  { name: "browser", run: ensureChromium },
];

/** @type {Stage} */
const unit = {
  name: "unit and cross-executor",
  run: () =>
    npm([
      ...["run", "--silent", "unit", "--"],
      ...["--reporter=default", "--reporter=json", `--outputFile.json=${vitestReport}`],
    ]),
  counts: vitestCounts,
};

/** One after the other, so that they take no more than a part of the machine. @type {Stage[]} */
const beside = [
  { name: "types", run: () => quietly(["run", "--silent", "types"]) },
  { name: "lint and format", run: () => quietly(["run", "--silent", "lint"]) },
  { name: "import directions", run: () => quietly(["run", "--silent", "imports"]) },
  { name: "production build", run: () => quietly(["run", "--silent", "build:app"]) },
];

/** @type {Stage} */
const endToEnd = {
  name: "end-to-end",
  run: () =>
    npm(["run", "--silent", "e2e:built", "--", "--reporter=list,json"], {
      env: { PLAYWRIGHT_JSON_OUTPUT_FILE: playwrightReport },
    }),
  counts: playwrightCounts,
};

/** @param {readonly string[]} args */
async function quietly(args) {
  const { status, output } = await npmOutput(args);
  process.stdout.write(output);
  return status;
}

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

/** @type {string[]} */
const broken = [];

/**
 * @param {Stage} stage
 * @returns {Promise<boolean>} whether it passed
 */
async function passes(stage) {
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
  if (!ok) broken.push(stage.name);
  return ok;
}

/** @param {readonly Stage[]} stages @returns {Promise<boolean>} */
async function allPass(stages) {
  for (const stage of stages) if (!(await passes(stage))) return false;
  return true;
}

if (await allPass(before)) {
  const [unitPassed, besidePassed] = await Promise.all([passes(unit), allPass(beside)]);
  if (unitPassed && besidePassed) await passes(endToEnd);
}

if (broken.length > 0) {
  // A stage without tests, or one that broke before its tests, still counts as a failure.
  total.failed = Math.max(total.failed, 1);
  process.stdout.write(`\nStopped at: ${broken.join(", ")}\n`);
}
const skipped = total.skipped > 0 ? `, ${total.skipped} skipped` : "";
process.stdout.write(`\n${total.passed} passed, ${total.failed} failed${skipped}\n`);
process.exit(broken.length === 0 ? 0 : 1);
