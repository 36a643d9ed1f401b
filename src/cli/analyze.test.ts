import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { fakeTrial } from "../../test/fixtures/fake-trial.ts";
import { temporaryFolder } from "../../test/fixtures/temporary-folder.ts";
import { comparePopulations } from "../engine/analysis/compare.ts";
import type { Trial } from "../engine/sweep/trial.ts";
import { formatTrialLine } from "../engine/sweep/trial-lines.ts";
import { runCli } from "./run.ts";

const folder = temporaryFolder();

function write(name: string, trials: readonly Trial[], rest = ""): string {
  const path = join(folder, name);
  writeFileSync(path, trials.map(formatTrialLine).join("") + rest);
  return path;
}

async function run(...args: string[]) {
  const written = { stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((stream) =>
    vi.spyOn(process[stream], "write").mockImplementation((text) => {
      written[stream] += text;
      return true;
    }),
  );
  const status = await runCli(args);
  for (const spy of spies) spy.mockRestore();
  return { status, ...written };
}

/** A line of --json by what it holds. */
function part(stdout: string, key: string): unknown[] {
  const lines = stdout.trimEnd().split("\n");
  return lines.flatMap((line) => {
    const value = JSON.parse(line) as Record<string, unknown>;
    return key in value ? [value[key]] : [];
  });
}

const errorsA = [0.31, 0.35, 0.29, 0.41, 0.33, 0.37];
const errorsB = [0.21, 0.22, 0.25, 0.23, 0.28, 0.24];
const trials = [
  ...errorsA.map((error, i) => fakeTrial("AnyNetXA", i, error)),
  ...errorsB.map((error, i) => fakeTrial("RegNetX", i, error)),
];
const results = write("results.jsonl", trials);
const elsewhere = write(
  "elsewhere.jsonl",
  trials.slice(0, 6).map((trial) => ({
    ...trial,
    id: `other/${trial.id}`,
    study: "other",
    regime: { ...trial.regime, dataset: "mnist" as const },
  })),
);

describe("analyze", () => {
  test("prints the comparison, a sentence a pair and what each population says", async () => {
    const { status, stdout, stderr } = await run("analyze", results);
    expect({ status, stderr }).toEqual({ status: 0, stderr: "" });
    expect(stdout).toMatch(/AnyNetXA\s+6\s+29\.0%\s+34\.3%\s+34\.0%/);
    expect(stdout).toContain("RegNetX is better: medians 10.5 points apart");
    expect(stdout).toMatch(/\n {2}good networks +low +median +high\n/);
    expect(stdout).toContain("acts ~ flops^b: b = ");
  });

  test("predicted times against measured ones: a sentence, and all of them in --json", async () => {
    const timed = write(
      "timed.jsonl",
      trials.map((trial, i) => ({ ...trial, predictedMs: i === 3 ? 4_000 : 1_250 })),
    );
    expect((await run("analyze", timed)).stdout).toContain(
      "The time of 12 trials was predicted before they began: median relative error 25%, nine of ten within a factor of 1.25.",
    );
    const [times] = part(
      (await run("analyze", timed, "--filter", "population:RegNetX", "--json")).stdout,
      "times",
    );
    expect(times).toMatchObject({ found: true, value: { n: 6, median: 0.25, factor: 1.25 } });
    const [first] = (times as { value: { trials: unknown[] } }).value.trials;
    expect(first).toEqual({
      ...{ id: trials[6]!.id, population: "RegNetX", name: trials[6]!.network.name },
      ...{ predictedMs: 1_250, ms: 1_000 },
    });
    expect(part((await run("analyze", results, "--json")).stdout, "times")).toMatchObject([{ found: false }]);
  });

  test("--json is one object a line, with the same numbers as the functions", async () => {
    const { status, stdout } = await run("analyze", results, "--json");
    expect(status).toBe(0);
    expect(part(stdout, "trials")).toEqual([{ files: [results], filter: "", read: 12, kept: 12 }]);
    expect(part(stdout, "population").map((each) => (each as { name: string }).name)).toEqual([
      "AnyNetXA",
      "RegNetX",
    ]);
    const expected = comparePopulations(errorsA, errorsB)!;
    expect(part(stdout, "comparison")[0]).toMatchObject({
      found: true,
      value: {
        baseline: "AnyNetXA",
        pairs: [
          { names: ["AnyNetXA", "RegNetX"], comparison: { value: { test: expected.test, verdict: "b" } } },
        ],
      },
    });
    const [first] = part(stdout, "population") as { bands: { dkw: { value: { errors: unknown } } } }[];
    expect(first!.bands.dkw.value.errors).toEqual([...errorsA].sort());
  });

  test("--filter, twice, and --parameters", async () => {
    const conditions = ["--filter", "population:RegNetX", "--filter", "error:..24%"];
    const { stdout } = await run("analyze", results, ...conditions, "--parameters", "w_0,d", "--json");
    expect(part(stdout, "trials")).toMatchObject([{ kept: 4, filter: "population:RegNetX,error:..0.24" }]);
    const [population] = part(stdout, "population") as { ranges: { key: string }[] }[];
    expect(population!.ranges.map(({ key }) => key)).toEqual([
      "flops",
      "params",
      "acts",
      "initialWidth",
      "depth",
    ]);
  });

  test("populations of one name in two files are told apart; other data is compared with a warning", async () => {
    const { status, stdout } = await run("analyze", results, elsewhere);
    expect(status).toBe(0);
    expect(stdout).toContain("AnyNetXA (results)");
    expect(stdout).toContain("AnyNetXA (elsewhere)");
    expect(stdout).toMatch(/^Careful: Trials on different data sets \(fashion-mnist, mnist\)/);
    const studies = await run("analyze", results, elsewhere, "--by", "study", "--json");
    expect(part(studies.stdout, "population").map((each) => (each as { name: string }).name)).toEqual([
      "results",
      "elsewhere",
    ]);
  });

  test("--group compares constraint sets", async () => {
    const groups = ["--group", "all=", "--group", "best = error:..24%"];
    const { stdout } = await run("analyze", results, ...groups, "--baseline", "all", "--json");
    const populations = part(stdout, "population") as { name: string; counts: { trials: number } }[];
    expect(populations.map(({ name, counts }) => [name, counts.trials])).toEqual([
      ["all", 12],
      ["best", 4],
    ]);
  });

  test("--html writes a report of the same numbers beside what is printed", async () => {
    const file = join(folder, "report.html");
    const { status, stdout, stderr } = await run(
      "analyze",
      results,
      "--filter",
      "status:done",
      "--html",
      file,
    );
    expect(status).toBe(0);
    expect(stderr).toBe(`report written to ${file}\n`);
    const sentence = stdout.split("\n").find((line) => line.startsWith("RegNetX is better"))!;
    const html = readFileSync(file, "utf8");
    expect(html).toContain(sentence.replaceAll("<", "&lt;"));
    expect(html).toContain("filter status:done");
    const folderless = await run("analyze", results, "--html", join(folder, "none", "report.html"));
    expect(folderless.status).toBe(2);
    expect(folderless.stderr).toMatch(/--html .*report\.html: cannot be written \(ENOENT\)/);
  });

  test("a record that several files hold counts once; a half-written line is left out, both are said", async () => {
    const again = write("again.jsonl", trials.slice(0, 2), '{"id":');
    const { stderr, stdout } = await run("analyze", results, again, "--json");
    expect(part(stdout, "trials")).toMatchObject([{ read: 12 }]);
    expect(stderr).toContain("again.jsonl: its half-written last line is left out");
    expect(stderr).toContain("2 trials are recorded more than once");
  });

  test("a file of one record without its newline is a trial", async () => {
    const one = write("one.jsonl", [], JSON.stringify(trials[0]));
    const { status, stdout, stderr } = await run("analyze", one, "--json");
    expect([status, stderr]).toEqual([0, ""]);
    expect(part(stdout, "trials")).toMatchObject([{ read: 1 }]);
  });

  test("populations that failed or diverged say why they have no numbers", async () => {
    const bad = write("bad.jsonl", [
      fakeTrial("AnyNetXA", 0, "failed"),
      fakeTrial("RegNetX", 0, "diverged"),
      fakeTrial("RegNetX", 1, "diverged"),
    ]);
    const { status, stdout } = await run("analyze", bad);
    expect(status).toBe(0);
    expect(stdout).toContain("AnyNetXA has no trial that counts: 1 failed.");
    expect(stdout).toContain("All 2 trials of RegNetX diverged.");
    expect(stdout).not.toContain("NaN");
  });

  test.each([
    [["none.jsonl"], /none\.jsonl: no such file/],
    [[write("empty.jsonl", [])], /empty\.jsonl: no trials/],
    [[write("text.jsonl", [], "hello\n")], /text\.jsonl: line 1: not JSON/],
    [[results, "--filter", "population:Nobody"], /--filter leaves none of the 12 trials/],
    [[results, "--filter", "flops:..x"], /filter "flops:\.\.x": expected a range/],
    [[results, "--baseline", "Nobody"], /--baseline "Nobody": expected one of AnyNetXA, RegNetX/],
    [[results, "--parameters", "hue"], /"hue" is no metric/],
    [[results, "--group", "d:..10"], /Expected name=conditions/],
    [[results, "--group", "a=", "--group", "a="], /"a" is given twice/],
    [[results, "--group", "a=hue:1"], /"hue" is no metric/],
    [[results, "--by", "colour"], /Allowed choices are population, study/],
    [[], /missing required argument 'results'/],
  ])("%j is refused with status 2 and what is allowed", async (args, message) => {
    const { status, stderr, stdout } = await run("analyze", ...args);
    expect(stderr).toMatch(message);
    expect({ status, stdout }).toEqual({ status: 2, stdout: "" });
  });

  test("nine groups are too many at once", async () => {
    const nine = write(
      "nine.jsonl",
      Array.from({ length: 9 }, (_, i) => ({ ...trials[0]!, id: `s/${i}/0`, population: `P${i}` })),
    );
    const { status, stderr } = await run("analyze", nine);
    expect(status).toBe(2);
    expect(stderr).toMatch(/9 groups \(P0, .*\); at most 8 are compared at once: choose with --filter/);
  });
});
