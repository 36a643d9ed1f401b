/**
 * What the page's own thread spends: per slider move in Explore, and in the longest task while a study trains.
 * `npm run bench:page` builds the page first and fails where a figure is over its budget (16 and 50 ms).
 */
import { spawnSync } from "node:child_process";

const { stdout } = spawnSync(
  "npx",
  [
    "playwright",
    "test",
    "study",
    "explore",
    "--grep",
    "less than a frame|leaves the page responsive",
    "--reporter=json",
  ],
  { env: { ...process.env, STRICT_TIMES: "1" }, encoding: "utf8", maxBuffer: 1 << 26 },
);
/** @type {{ suites: { specs: { title: string, ok: boolean, tests: { annotations: { type: string, description: string }[] }[] }[] }[] }} */
const report = JSON.parse(stdout);
const specs = report.suites.flatMap((suite) => suite.specs);
for (const { title, ok, tests } of specs) {
  process.stdout.write(`${ok ? "within" : "OVER"} its budget: ${title}\n`);
  for (const { type, description } of tests.flatMap((test) => test.annotations))
    process.stdout.write(`  ${type}: ${description}\n`);
}
process.exitCode = specs.length > 0 && specs.every(({ ok }) => ok) ? 0 : 1;
