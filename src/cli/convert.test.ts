import { readFileSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { fakeTrial } from "../../test/fixtures/fake-trial.ts";
import { temporaryFolder } from "../../test/fixtures/temporary-folder.ts";
import { formatTrialLine } from "../engine/sweep/trial-lines.ts";
import { runCli } from "./run.ts";

const folder = temporaryFolder();
const path = (name: string) => join(folder, name);
const trials = [
  fakeTrial("AnyNetXA", 0, 0.31),
  fakeTrial("RegNetX", 0, 0.21),
  fakeTrial("RegNetX", 1, "diverged"),
];
const lines = trials.map(formatTrialLine).join("");
writeFileSync(path("results.jsonl"), lines);

async function run(...args: string[]) {
  let stderr = "";
  const spy = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    stderr += text;
    return true;
  });
  const status = await runCli(args);
  spy.mockRestore();
  return { status, stderr };
}
const convert = (from: string, to: string, out: string, ...rest: string[]) =>
  run("convert", path(from), "--to", to, "--out", path(out), ...rest);

test("to sweep.json and back are the same lines; what does not map is said", async () => {
  const there = await convert("results.jsonl", "sweep.json", "sweep.json");
  expect(there.status).toBe(0);
  expect(there.stderr).toMatch(/1 diverged: here they count with error 1/);
  expect(there.stderr).toMatch(/3 trials written to .*sweep\.json\n$/);
  expect((await convert("sweep.json", "jsonl", "back.jsonl")).status).toBe(0);
  const back = readFileSync(path("back.jsonl"), "utf8").trimEnd().split("\n");
  expect(back.map((line) => JSON.parse(line))).toEqual(trials);
});

test("results on different images under one name are written together, and said", async () => {
  const other = trials.map((trial, i) => ({
    ...trial,
    id: `${trial.id} again`,
    index: 5 + i,
    dataDigest: "4567",
  }));
  writeFileSync(path("other.jsonl"), other.map(formatTrialLine).join(""));
  const here = trials.map((trial) => ({ ...trial, dataDigest: "0123" }));
  writeFileSync(path("here.jsonl"), here.map(formatTrialLine).join(""));
  const { status, stderr } = await convert("here.jsonl", "jsonl", "both.jsonl", path("other.jsonl"));
  expect(status).toBe(0);
  expect(stderr).toContain("Trials on different images under one name (fashion-mnist: 0123, 4567)");
  expect((await convert("here.jsonl", "jsonl", "one.jsonl")).stderr).not.toContain("different images");
});

test("CSV has a row a trial; an existing file is replaced only if asked", async () => {
  expect((await convert("results.jsonl", "csv", "results.csv")).status).toBe(0);
  expect(readFileSync(path("results.csv"), "utf8").trimEnd().split("\n")).toHaveLength(4);
  const again = await convert("results.jsonl", "csv", "results.csv");
  expect(again).toMatchObject({
    status: 2,
    stderr: expect.stringMatching(/exists already; --force replaces it/),
  });
  expect((await convert("results.jsonl", "csv", "results.csv", "--force")).status).toBe(0);
});

test("a study becomes sweep configs of pycls, which import reads; what does not map is said", async () => {
  const population = (name: string, space: string) => ({ name, space, count: 4 });
  const write = (name: string, ...populations: object[]) =>
    writeFileSync(path(name), JSON.stringify({ version: 1, populations }));
  write("one.json", population("one", "regnetx"));
  const one = await convert("one.json", "pycls", "one.yaml");
  expect(one).toMatchObject({
    status: 0,
    stderr: expect.stringContaining("regime.dataset fashion-mnist: pycls"),
  });
  expect((await run("import", path("one.yaml"), "--out", path("again.yaml"))).status).toBe(0);
  expect(readFileSync(path("again.yaml"), "utf8")).toMatch(/space: regnetx\n +count: 4/);
  write("two.json", population("a", "regnetx"), population("b b", "anynetxa"), population("c", "anynetxe"));
  const two = await convert("two.json", "pycls", "sweeps");
  expect(two.stderr).toMatch(/populations\[2\] \(c\) is left out[\s\S]*2 sweep configs written to/);
  expect(readFileSync(path("sweeps/b-b.yaml"), "utf8")).toContain("ANYNET.DEPTHS:");
  write("none.json", population("c", "anynetxe"));
  expect(await convert("none.json", "pycls", "none.yaml")).toMatchObject({
    status: 2,
    stderr: expect.stringContaining("binds them to each other"),
  });
});

test("a half-written last line is left out and said; what is no results file is refused by name", async () => {
  writeFileSync(path("cut.jsonl"), `${lines}${lines.slice(0, 200)}`);
  const cut = await convert("cut.jsonl", "jsonl", "whole.jsonl");
  expect(cut.stderr).toMatch(/cut\.jsonl: its last line was still being written/);
  expect(readFileSync(path("whole.jsonl"), "utf8")).toBe(lines);
  writeFileSync(path("notes.txt"), "hello\n");
  const wrong = await convert("notes.txt", "csv", "notes.csv");
  expect(wrong).toMatchObject({ status: 2, stderr: expect.stringMatching(/notes\.txt: line 1: not JSON/) });
  const missing = await convert("nothing.jsonl", "csv", "nothing.csv");
  expect(missing).toMatchObject({ status: 2, stderr: expect.stringMatching(/nothing\.jsonl: no such file/) });
});
