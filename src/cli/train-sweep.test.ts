import { spawn } from "node:child_process";
import {
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, test, vi } from "vitest";
import { readSafetensors } from "../engine/export/safetensors.ts";
import { claimFile } from "../engine/sweep/node-file-claim.ts";
import { defaultStudy, parseStudy } from "../engine/sweep/study.ts";
import { LiveLine } from "./live-line.ts";
import { runCli } from "./run.ts";
import { readStudy } from "./study-file.ts";

const folder = mkdtempSync(join(tmpdir(), "designscape-cli-"));
const at = (name: string) => join(folder, name);
const write = (name: string, content: unknown) => {
  writeFileSync(at(name), typeof content === "string" ? content : JSON.stringify(content));
  return at(name);
};

/** A command line in this process. */
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
  const lines = written.stdout.split("\n").filter((line) => line !== "");
  return { status, lines, stderr: written.stderr };
}

const network = {
  space: "anynetx",
  params: {
    depths: [1, 1],
    widths: [8, 16],
    strides: [2, 2],
    bottleneckRatios: [1, 1],
    groupWidths: [8, 8],
    seRatio: 0,
  },
  stemWidth: 8,
};
const briefly = ["--images", "64", "--test-images", "32", "--batch", "16", "--epochs", "2"];
const study = {
  version: 1,
  name: "brief",
  seed: 5,
  populations: [
    { name: "a", space: "anynetxa", count: 2, budget: { flops: "300k..700k" } },
    { name: "b", space: "regnetx", count: 2, budget: { flops: "300k..700k" } },
  ],
  regime: { images: 64, testImages: 32, batch: 16, epochs: 2 },
};

describe("train", () => {
  test("prints a line per epoch, then the trial record, and writes the weights", async () => {
    const file = write("net.json", network);
    const { status, lines } = await run("train", file, ...briefly, "--json", "--save", at("w.safetensors"));
    expect(status).toBe(0);
    const [first, second, trial] = lines.map((line) => JSON.parse(line));
    expect(lines).toHaveLength(3);
    expect([first.epoch, second.epoch]).toEqual([1, 2]);
    expect(trial).toMatchObject({
      status: "done",
      seed: 1,
      regime: { images: 64, epochs: 2 },
      epochs: [first, second],
      network: {
        spec: { input: { height: 28, width: 28, channels: 1 }, classes: 10, stem: { type: "small" } },
      },
    });
    expect(trial.error).toBe(Math.min(first.testError, second.testError));
    const { tensors, metadata } = readSafetensors(readFileSync(at("w.safetensors")));
    expect(JSON.parse(metadata.spec!)).toEqual(trial.network.spec);
    expect(tensors.get("s1.b1.f.b.weight")?.shape).toEqual([8, 8, 3, 3]);
    expect(tensors.has("s1.b1.f.b_bn.running_var")).toBe(true);
    expect(metadata.weights).toBe("trained");
  });

  test("in phases, averaged and validated: every epoch says its size and its validation error, and the averages are saved", async () => {
    const asked = [
      ...["--epochs", "3", "--validation", "32", "--ema", "0.5", "--dropout", "0.2", "--schedule", "linear"],
      ...["--progressive", "phases:2,resolution:14,dropout:0"],
      ...["--fine-tune", "resolution:32,epochs:1,learningRate:0.01", "--save", at("averages.safetensors")],
      ...["--weights", "averages"],
    ];
    const file = write("net.json", network);
    const { status, lines } = await run("train", file, ...briefly, ...asked, "--json");
    expect(status).toBe(0);
    const { epochs, error, regime } = JSON.parse(lines.at(-1)!);
    expect(epochs).toMatchObject([{ resolution: 14 }, { resolution: 28 }, { resolution: 32 }]);
    expect(epochs.map((epoch: object) => Object.keys(epoch))).toEqual(
      new Array(3).fill(expect.arrayContaining(["validationError", "emaError"])),
    );
    expect(error).toBe(epochs[2].testError);
    expect(regime).toMatchObject({
      schedule: "linear",
      progressive: { phases: 2, resolution: 14, dropout: 0 },
      fineTune: { resolution: 32, epochs: 1, learningRate: 0.01 },
    });
    expect(readSafetensors(readFileSync(at("averages.safetensors"))).metadata.weights).toBe("averages");
    const { lines: told } = await run("train", file, ...briefly, ...asked);
    expect(told[2]).toMatch(/^epoch 3\/3 .* validation error .* averaged .* 32 pixels/);
  });

  test("a spec is trained as it is: what train printed can be trained again", async () => {
    const { lines } = await run("train", write("net.json", network), ...briefly, "--json");
    const before = JSON.parse(lines.at(-1)!);
    const again = await run("train", write("spec.json", before.network.spec), ...briefly, "--json");
    const after = JSON.parse(again.lines.at(-1)!);
    expect(after.network.spec).toEqual(before.network.spec);
    expect(after.error).toBe(before.error);
  });

  test("a network of 40×40 images trains on 28×28 ones, resized; --resolution asks for other sizes", async () => {
    const { lines } = await run(
      "train",
      write("net.json", { ...network, resolution: 40 }),
      ...briefly,
      "--json",
    );
    const asked = JSON.parse(lines.at(-1)!);
    expect(asked.network.spec.input).toEqual({ height: 40, width: 40, channels: 1 });
    expect(asked).toMatchObject({ status: "done", epochs: [{ epoch: 1 }, { epoch: 2 }] });
    const again = await run("train", write("spec.json", asked.network.spec), ...briefly, "--json");
    expect(JSON.parse(again.lines.at(-1)!)).toMatchObject({ error: asked.error, network: asked.network });
    const small = await run("train", at("spec.json"), "--resolution", "20", ...briefly, "--json");
    const { network: shrunk, status } = JSON.parse(small.lines.at(-1)!);
    expect(status).toBe("done");
    expect(shrunk.spec.input).toEqual({ height: 20, width: 20, channels: 1 });
    expect(shrunk.flops).toBeLessThan(0.4 * asked.network.flops);
  });

  test("a network that diverges, here its statistics before its loss, ends with status 1 and what is no number", async () => {
    const file = write("net.json", network);
    const { status, lines, stderr } = await run(
      "train",
      file,
      ...briefly,
      "--lr",
      "100",
      "--epochs",
      "40",
      "--json",
    );
    const trial = JSON.parse(lines.at(-1)!);
    expect(trial).toMatchObject({ status: "diverged", error: 1 });
    expect(status).toBe(1);
    expect(stderr).toMatch(/error: diverged: \S+\.running_var is (NaN|Infinity) after epoch \d+/);
  });

  test.each([
    [["train", "resnet-51"], 'preset: "resnet-51" is not known'],
    [
      ["train", "resnet-50", "--dataset", "cifar"],
      'regime.dataset: "cifar" is not allowed; expected "fashion-mnist"',
    ],
    [["train", "resnet-50", "--lr", "0"], "Expected a number from 0.000001 to 100"],
    [
      ["train", "resnet-50", "--milestones", "0.5"],
      'regime.milestones: not with schedule "cosine"; only with "step"',
    ],
    [
      ["train", "resnet-50", "--schedule", "step", "--milestones", "0.5,2"],
      "Expected a number from 0.001 to 0.999",
    ],
    [
      ["train", "resnet-50", "--validation", "59000"],
      "regime.validation: 59000 is not allowed; behind 2048 images",
    ],
    [
      ["train", "resnet-50", "--progressive", "phases=2"],
      'regime.progressive: "phases=2" is not allowed; expected key:value',
    ],
    [
      ["train", "resnet-50", "--progressive", "phases:2,resolution:4"],
      "regime.progressive.resolution: 4 is not allowed; this network's strides multiply to",
    ],
    [
      ["train", "resnet-50", "--images", "70000"],
      "regime.images: 70000 is not allowed; fashion-mnist has 60000",
    ],
    [
      ["train", "resnet-50", "--batch", "64", "--images", "32"],
      "regime.batch: 64 is not allowed; at most the images",
    ],
    [["train", "resnet-50", "--executor", "webgpu"], "--executor webgpu"],
  ])("%j ends with status 2 and one line on stderr", async (args, message) => {
    const { status, stderr } = await run(...args);
    expect(stderr).toContain(message);
    expect(status).toBe(2);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
  });
});

describe("sweep", () => {
  test("appends a record per trial, prints the EDF summary, and does not overwrite", async () => {
    const file = write("study.json", study);
    const first = await run("sweep", file, "--out", at("out.jsonl"));
    expect(first.status).toBe(0);
    expect(first.lines[0]).toMatch(/population +n +min +mean +median/);
    expect(first.lines[1]).toMatch(/a +2 +\d+\.\d% /);
    expect(first.lines.at(-1)).toContain("p = ");
    const foreseen =
      /^The time of \d trials was predicted before they began: median relative error [\d.]+%, all within a factor of [\d.]+\.$/m;
    expect(first.lines.join("\n")).toMatch(foreseen);
    expect((await run("analyze", at("out.jsonl"))).lines.join("\n")).toMatch(foreseen);
    expect(
      Object.values(JSON.parse(readFileSync(at("device-speeds.json"), "utf8"))).flat().length,
    ).toBeGreaterThan(3);
    expect(first.stderr).toMatch(/4\/4 +[ab] 2 +flops 0\.\d\d M +error /);
    expect(readFileSync(at("out.jsonl"), "utf8").trimEnd().split("\n")).toHaveLength(4);
    const second = await run("sweep", file, "--out", at("out.jsonl"));
    expect(second.status).toBe(2);
    expect(second.stderr).toContain("exists already; --resume goes on with it");
    expect((await run("sweep", file, "--out", at("."), "--force")).stderr).toContain("is a folder");
    const third = await run("sweep", file, "--out", at("out.jsonl"), "--resume", "--json");
    expect(third.status).toBe(0);
    expect(JSON.parse(third.lines.at(-1)!)).toMatchObject({
      summary: { outcome: "complete", trials: 4, populations: [{ population: "a", errors: { n: 2 } }, {}] },
    });
  });

  test("a file that another sweep is writing to is left alone", async () => {
    const release = await claimFile(at("claimed.jsonl"));
    const { status, stderr } = await run(
      "sweep",
      write("study.json", study),
      "--out",
      at("claimed.jsonl"),
      "--force",
    );
    expect(stderr).toContain(
      "another sweep is writing to it; wait until that one has ended, or give another --out",
    );
    expect([status, existsSync(at("claimed.jsonl"))]).toEqual([2, false]);
    await release!();
  });

  test("--reproducible makes it another study, whose trials say so", async () => {
    const file = write("study.json", { ...study, populations: [{ ...study.populations[0], count: 1 }] });
    const { status, lines } = await run("sweep", file, "--out", at("same.jsonl"), "--reproducible", "--json");
    expect(status).toBe(0);
    expect(JSON.parse(lines[0] ?? "")).toMatchObject({
      device: expect.stringMatching(/^wasm simd, \d+ threads?, reproducible$/),
      regime: { reproducible: true },
    });
    const other = await run("sweep", file, "--out", at("same.jsonl"), "--resume");
    expect(other).toMatchObject({ status: 2, stderr: expect.stringContaining("regime differ") });
    const reference = ["--reproducible", "--executor", "reference", "--force"];
    const refused = await run("sweep", file, "--out", at("same.jsonl"), ...reference);
    expect(refused).toMatchObject({ status: 2, stderr: expect.stringContaining("only wasm") });
  });

  test("a network that does not fit into memory fails with its size and a batch that would; the next one is trained", async () => {
    const populations = [
      { name: "large", space: "anynetxa", count: 1, budget: { flops: "60M..200M" } },
      { name: "small", space: "regnetx", count: 1, budget: { flops: "100k..700k" } },
    ];
    const regime = { images: 1024, testImages: 16, batch: 1024, epochs: 1 };
    const file = write("large.json", { ...study, populations, regime });
    const { status, lines, stderr } = await run("sweep", file, "--out", at("large.jsonl"), "--json");
    expect(status).toBe(1);
    const [large, small] = lines.map((line) => JSON.parse(line));
    expect(small).toMatchObject({ population: "small", status: "done" });
    expect(large).toMatchObject({ population: "large", status: "failed", error: null, epochs: [] });
    expect(large.reason).toMatch(
      /^a network at batch 1024 needs [\d.]+ MB \(\d+ bytes\), [\d.]+ MB are available: a batch of \d+ would fit$/,
    );
    expect(stderr).toContain(large.reason);
    const spec = write("large-net.json", large.network.spec);
    const alone = ["--images", "1024", "--test-images", "16", "--batch", "1024"];
    expect(await run("train", spec, ...alone)).toMatchObject({
      status: 1,
      stderr: `error: ${large.reason}\n`,
    });
  });

  test.runIf(existsSync("/dev/full"))(
    "a disk that is full ends it, and says what is kept and what to do",
    async () => {
      const file = write("brief.json", study);
      symlinkSync("/dev/full", at("full.jsonl"));
      const { status, stderr } = await run("sweep", file, "--out", at("full.jsonl"), "--force");
      expect(status).toBe(2);
      expect(stderr).toContain(
        `error: ${at("full.jsonl")}: the disk is full (ENOSPC); every trial recorded so far is kept: free some space, ` +
          "then --resume goes on\n",
      );
      // What was under way has its last epoch.
      expect(readdirSync(at("full.jsonl.checkpoints"))).toHaveLength(1);
      rmSync(at("full.jsonl"));
      expect(await run("sweep", file, "--out", at("full.jsonl"), "--resume")).toMatchObject({ status: 0 });
    },
  );

  test("Ctrl-C ends it cleanly, and --resume finishes with the records of an uninterrupted run", async () => {
    const file = write("study.json", study);
    await run("sweep", file, "--out", at("whole.jsonl"));
    // It interrupts itself, at once: a signal from here may come when it is over. And once: the second would end it there.
    const interrupt = `
      const { write } = process.stderr;
      process.stderr.write = (...given) => {
        if (!given[0].includes("1/4")) return write.apply(process.stderr, given);
        process.stderr.write = write;
        process.kill(process.pid, "SIGINT");
        return write.apply(process.stderr, given);
      };
    `;
    const imports = ["tsx", `data:text/javascript,${encodeURIComponent(interrupt)}`];
    const args = [...imports.flatMap((each) => ["--import", each]), "src/cli/main.ts"];
    const sweep = ["sweep", file, "--out", at("parts.jsonl")];
    const child = spawn(process.execPath, [...args, ...sweep], { stdio: ["ignore", "ignore", "pipe"] });
    let stderr = "";
    child.stderr.on("data", (text) => {
      stderr += text;
    });
    const status = await new Promise((resolve) => child.on("close", resolve));
    expect(stderr).toMatch(/stopped after \d trials; --resume/);
    expect(status).toBe(1);
    expect((await run("sweep", file, "--out", at("parts.jsonl"), "--resume")).status).toBe(0);
    const timeless = (name: string) =>
      readFileSync(at(name), "utf8")
        .replaceAll(/"ms":[\d.e-]+/g, '"ms":0')
        .replaceAll(/"predictedMs":[\d.e-]+,/g, "");
    expect(timeless("parts.jsonl")).toBe(timeless("whole.jsonl"));
  });

  test.each([
    ["not YAML", "a: [", "not YAML or JSON"],
    ["an unknown field", { ...study, foo: 1 }, "foo: unknown field; the fields here are version, name"],
    [
      "no networks",
      { ...study, populations: [{ ...study.populations[0], count: 0 }] },
      "populations[0].count: 0",
    ],
    [
      "an empty range",
      { ...study, populations: [{ ...study.populations[0], budget: { flops: "3M..1M" } }] },
      "populations[0].budget.flops: 3M..1M is empty",
    ],
    [
      "an impossible budget",
      {
        ...study,
        populations: [study.populations[1], { ...study.populations[0], budget: { flops: "..10k" } }],
      },
      "populations[1].budget: AnyNetXA: none of 20000 networks",
    ],
    [
      "fields that contradict each other",
      { ...study, regime: { images: 64, batch: 65, randAugmentOperations: 2 } },
      "regime.randAugmentOperations: not without randAugment; only where that is above 0",
    ],
    [
      "more images than there are",
      { ...study, regime: { images: 60_001 } },
      "regime.images: 60001 is not allowed; fashion-mnist has 60000 training images",
    ],
    ["a bomb of aliases", "a: &a [1]\nb: [*a, *a]\n", "not YAML or JSON"],
  ])(
    "a study with %s ends with status 2, names the field and leaves no file",
    async (name, content, message) => {
      const file = write("bad.yaml", content);
      const { status, stderr } = await run("sweep", file, "--out", at(`${name}.jsonl`));
      expect(stderr).toContain(message);
      expect(status).toBe(2);
      expect(existsSync(at(`${name}.jsonl`))).toBe(false);
    },
  );

  test("the example is the page's default study, trained on more images", async () => {
    const example = await readStudy("examples/first-study.yaml");
    expect(example).toEqual(
      parseStudy({ ...defaultStudy, regime: { ...defaultStudy.regime, images: 4_096 } }),
    );
  });
});

test("progress is one line on a terminal and nothing elsewhere; whole lines stay", () => {
  for (const isTTY of [true, false]) {
    let written = "";
    const live = new LiveLine({
      isTTY,
      columns: 12,
      write(text: string | Uint8Array) {
        written += text;
        return true;
      },
    });
    live.show("a line that is too long");
    live.print("done");
    expect(written).toBe(isTTY ? "\r\u001b[Ka line that\r\u001b[Kdone\n" : "done\n");
  }
});
