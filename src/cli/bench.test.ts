import { writeFileSync } from "node:fs";
import { join } from "node:path";
import { expect, test, vi } from "vitest";
import { temporaryFolder } from "../../test/fixtures/temporary-folder.ts";
import { parsePanel } from "../engine/bench/panel.ts";
import { complexity } from "../engine/network/complexity.ts";
import { runCli } from "./run.ts";

const folder = temporaryFolder();
const common = { input: [8, 8, 1], classes: 4, stem: 8, stages: [{ w: 16, d: 1, stride: 2 }] };
const panel = {
  batch: 4,
  nets: [
    { name: "x", block: "x", act: "relu", group_width: 8, ...common },
    { name: "mb", block: "mb", act: "swish", expand: 2, se: 0.25, ...common },
  ],
};
const write = (name: string, text: string) => {
  writeFileSync(join(folder, name), text);
  return join(folder, name);
};
const tiny = write("tiny.json", JSON.stringify(panel));

async function run(...args: string[]) {
  const written = { stdout: "", stderr: "" };
  const spies = (["stdout", "stderr"] as const).map((stream) =>
    vi.spyOn(process[stream], "write").mockImplementation((text) => {
      written[stream] += text;
      return true;
    }),
  );
  const status = await runCli(["bench", ...args]);
  for (const spy of spies) spy.mockRestore();
  const lines = written.stdout.split("\n").filter((line) => line !== "");
  return { status, lines, stderr: written.stderr };
}

test.each(["wasm", "reference"])("%s: a line a network, in the contract's shape", async (executor) => {
  const { status, lines } = await run("--panel", tiny, "--executor", executor, "--steps", "2", "--json");
  expect(status).toBe(0);
  const records = lines.map((line) => JSON.parse(line));
  expect(records.map(({ net }) => net)).toEqual(["x", "mb"]);
  for (const [i, { spec }] of parsePanel(panel).entries.entries()) {
    const { flops, params } = complexity(spec);
    const record = records[i];
    expect(record).toMatchObject({ executor, threads: 1, batch: 4, macsPerImage: flops, params, steps: 2 });
    expect(record.msPerStep).toBeGreaterThan(0);
    expect(record.imagesPerSecond).toBeCloseTo(4000 / record.msPerStep, 6);
    expect(record.gflops).toBeCloseTo((6 * flops * record.imagesPerSecond) / 1e9, 9);
    expect(record.kernelCalls).toBeGreaterThan(20);
    expect(record.arenaBytes).toBeGreaterThan(12 * params);
    expect(record.bytesPerStep).toBeGreaterThan(record.arenaBytes / 2);
    if (executor === "wasm") expect(record.shareOfPeak).toBeCloseTo(record.gflops / record.peakGflops, 9);
    else expect(record.shareOfPeak).toBeNull();
  }
});

test("--profile adds the kernels, the slowest first; --batch is used", async () => {
  const args = ["--panel", tiny, "--nets", "mb", "--steps", "2", "--batch", "3", "--profile"];
  const { lines } = await run(...args, "--json");
  const { profile, batch } = JSON.parse(lines[0]!);
  expect(batch).toBe(3);
  const times = profile.kernels.map(({ ms }: { ms: number }) => ms);
  expect(times).toEqual([...times].sort((a, b) => b - a));
  expect(profile.kernels.some(({ kernel }: { kernel: string }) => kernel.startsWith("conv2d "))).toBe(true);
  const shares = profile.kernels.map(({ share }: { share: number }) => share);
  expect(shares.reduce((sum: number, share: number) => sum + share)).toBeCloseTo(1, 9);
  const text = await run(...args);
  expect(text.lines[0]).toMatch(/net +threads +batch .*images\/s .*of peak/);
  expect(text.lines.join("\n")).toMatch(/mb: [\d.]+ ms in kernels, -?[\d.]+% of a step outside/);
});

test.each([
  [[], "required option '--panel"],
  [["--panel", join(folder, "none.json")], "none.json: no such file"],
  [["--panel", write("not.json", "{")], "not JSON"],
  [["--panel", write("bad.json", '{"nets":[{"block":"x","name":"a"}]}')], "nets[0].input: missing"],
  [["--panel", tiny, "--nets", "y"], 'nets: "y" is not in the panel; expected x, mb'],
  [["--panel", tiny, "--steps", "0"], "Expected a whole number from 1 to 100000"],
  [["--panel", tiny, "--threads", "1,x"], "Expected whole numbers from 1 to 64"],
  [["--panel", tiny, "--executor", "reference", "--profile"], "--profile: the reference executor"],
  [["--panel", tiny, "--tune", "t.json"], "--tune: only the kernels of --executor webgpu have tiles"],
  [["--panel", tiny, "--executor", "webgpu", "--threads", "2"], "--threads: is of --executor wasm"],
  [["--panel", tiny, "--executor", "webgpu", "--tiles", "a", "--tune", "b"], "--tiles: cannot go with"],
  [
    ["--panel", tiny, "--executor", "webgpu", "--tiles", join(folder, "none.json")],
    "none.json: no such file",
  ],
  [["--panel", tiny, "--executor", "webgpu", "--tiles", tiny], "tiny.json.version: missing"],
])("%j ends with status 2 and one line on stderr", async (args, message) => {
  const { status, lines, stderr } = await run(...args);
  expect(stderr).toContain(message);
  expect(status).toBe(2);
  expect(lines).toEqual([]);
  expect(stderr.trimEnd().split("\n")).toHaveLength(1);
});

test("webgpu runs in Chromium; --profile adds its kernels", async () => {
  const args = [
    "--panel",
    tiny,
    "--nets",
    "x",
    "--executor",
    "webgpu",
    "--steps",
    "1",
    "--profile",
    "--json",
  ];
  const { status, lines, stderr } = await run(...args);
  expect(stderr).toMatch(/^webgpu /);
  expect(status).toBe(0);
  const [record] = lines.map((line) => JSON.parse(line));
  expect(record).toMatchObject({ net: "x", executor: "webgpu", threads: 1, batch: 4, steps: 1 });
  expect(record.msMin).toBeGreaterThan(0);
  const kernels: { kernel: string; share: number }[] = record.profile.kernels;
  expect(kernels.reduce((sum, { share }) => sum + share, 0)).toBeCloseTo(1, 9);
  const named = (name: string) => kernels.some(({ kernel }) => kernel.startsWith(name));
  expect(["conv2d vector", "conv2dFilterGrad ", "conv2dInputGrad ", "sgd update"].filter(named)).toHaveLength(
    4,
  );
}, 60_000);

test("webgpu without a Chromium ends with status 2 and says what is allowed", async () => {
  if (process.platform !== "linux") return;
  vi.stubEnv("PATH", "");
  vi.stubEnv("CHROMIUM_PATH", "");
  const { status, stderr } = await run("--panel", tiny, "--executor", "webgpu");
  vi.unstubAllEnvs();
  expect(status).toBe(2);
  expect(stderr).toContain("none was found; install it, name one by CHROMIUM_PATH, or take --executor wasm");
});
