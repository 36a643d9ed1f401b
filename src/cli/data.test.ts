import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { createServer } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterAll, afterEach, beforeEach, describe, expect, test, vi } from "vitest";
import { cifarEntries, tarGzOf, zipOf } from "../../test/fixtures/archives.ts";
import { badImages } from "../../test/fixtures/bad-images.ts";
import { pictureFolders } from "../../test/fixtures/pictures.ts";
import { runCli } from "./run.ts";

const folder = mkdtempSync(join(tmpdir(), "designscape-data-"));
const at = (...names: string[]) => join(folder, ...names);
const write = (name: string, content: Uint8Array | string) => {
  mkdirSync(dirname(at(name)), { recursive: true });
  writeFileSync(at(name), content);
  return at(name);
};

beforeEach(() => {
  vi.stubEnv("DESIGNSCAPE_DATA", at("kept"));
});
afterEach(() => {
  vi.unstubAllEnvs();
  rmSync(at("kept"), { recursive: true, force: true });
});
afterAll(() => {
  rmSync(folder, { recursive: true });
});

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
  return { status, ...written };
}

const network = JSON.stringify({
  space: "anynetx",
  params: { depths: [1], widths: [8], strides: [2], bottleneckRatios: [1], groupWidths: [8], seRatio: 0 },
  stemWidth: 8,
});
const briefly = ["--images", "16", "--test-images", "16", "--batch", "8", "--epochs", "1", "--json"];
const clothes = async () => zipOf(await pictureFolders(["Bag", "Trouser"], 60));
/** Everything that is kept, half written folders too. */
const kept = () => (existsSync(at("kept")) ? readdirSync(at("kept"), { recursive: true }).map(String) : []);

describe("CIFAR", () => {
  const archive = tarGzOf(cifarEntries("cifar10", { train: 20, test: 20 }));
  const md5 = createHash("md5").update(archive).digest("hex");

  test("an archive is fetched from an address, verified, converted and trained on", async () => {
    const server = createServer((_, response) => void response.end(archive));
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const url = `http://127.0.0.1:${(server.address() as AddressInfo).port}/cifar-10-binary.tar.gz`;
    try {
      const wrong = await run("data", "cifar10", "--from", url);
      expect(wrong.status).toBe(2);
      expect(wrong.stderr).toContain(`its MD5 is ${md5}`);
      expect(wrong.stderr).toContain("where c32a1d4ab5d03f1284b67883e8d87530 belongs");
      expect(kept().filter((name) => name.includes("."))).toEqual([]);

      const fetched = await run("data", "cifar10", "--from", url, "--md5", md5);
      expect(fetched).toMatchObject({
        status: 0,
        stdout: "cifar10: 100 training and 20 test images, 32×32×3, 10 classes\n",
      });
    } finally {
      server.close();
    }
    expect(kept().sort()).toEqual([
      "cifar10",
      ...["manifest.json", "test-000.bin", "train-000.bin"].map((file) => join("cifar10", file)),
    ]);
    const trained = await run("train", write("net.json", network), "--dataset", "cifar10", ...briefly);
    expect(trained.status).toBe(0);
    expect(JSON.parse(trained.stdout.trim().split("\n").at(-1)!)).toMatchObject({
      status: "done",
      network: { spec: { input: { height: 32, width: 32, channels: 3 }, classes: 10 } },
    });
    const again = await run("data", "cifar10");
    expect(again.stderr).toContain("cifar10 is here already; --force fetches it anew");
    expect((await run("data")).stdout).toMatch(/^cifar10: .*authors ask to cite Krizhevsky 2009$/m);
  });

  test("an archive on disk that is cut off is refused by its checksum, and leaves nothing", async () => {
    const file = write("cut.tar.gz", archive.subarray(0, 5000));
    const { status, stderr } = await run("data", "cifar10", "--from", file, "--md5", md5);
    expect(status).toBe(2);
    expect(stderr).toContain(`${file}: its MD5 is `);
    expect(stderr).toContain("it is cut off, damaged or another archive");
    expect(kept()).toEqual([]);
  });

  test("a study on it says how to get it, where it is not here", async () => {
    const file = write(
      "study.yaml",
      "version: 1\npopulations: [{name: a, space: regnetx, count: 1}]\nregime: {dataset: cifar100}\n",
    );
    const { status, stderr } = await run("sweep", file, "--out", at("out.jsonl"));
    expect(status).toBe(2);
    expect(stderr).toContain(
      'data set cifar100 is not on this machine. Drop cifar-100-binary.tar.gz on "Data sets"',
    );
    expect(stderr).toContain("npm run designscape -- data cifar100");
    expect(existsSync(at("out.jsonl"))).toBe(false);
  });
});

describe("own images", () => {
  test("a zip becomes a data set that a study runs on, and can be deleted", async () => {
    const zip = write("my clothes.zip", await clothes());
    const made = await run("data", "own:clothes", "--from", zip, "--size", "16", "--channels", "1", "--json");
    expect(made.status).toBe(0);
    expect(JSON.parse(made.stdout)).toMatchObject({
      name: "own:clothes",
      title: "clothes",
      shape: [16, 16, 1],
      classes: ["bag", "trouser"],
      perClass: { train: [48, 48], test: [12, 12] },
    });
    const study = write(
      "own.yaml",
      "version: 1\npopulations: [{name: a, space: regnetx, count: 1, budget: {flops: 100k..1M}}]\n" +
        "regime: {dataset: 'own:clothes', images: 32, testImages: 16, batch: 8, epochs: 1}\n",
    );
    const swept = await run("sweep", study, "--out", at("own.jsonl"), "--json");
    expect(swept.status).toBe(0);
    expect(JSON.parse(swept.stdout.split("\n")[0]!)).toMatchObject({
      status: "done",
      network: { spec: { input: { height: 16, width: 16, channels: 1 }, classes: 2 } },
    });

    // Other images under its name: the trials of before stay alone.
    const records = readFileSync(at("own.jsonl"), "utf8");
    const others = write("others.zip", await zipOf(await pictureFolders(["Bag", "Trouser"], 50)));
    const form = ["--size", "16", "--channels", "1"];
    expect((await run("data", "own:clothes", "--force", "--from", others, ...form)).status).toBe(0);
    const resumed = await run("sweep", study, "--out", at("own.jsonl"), "--resume");
    expect(resumed.status).toBe(2);
    expect(resumed.stderr).toMatch(
      /regime\.dataset: own:clothes has other images \(digest [0-9a-f]{16}\) than 1 recorded trial was trained on/,
    );
    expect(readFileSync(at("own.jsonl"), "utf8")).toBe(records);
    expect((await run("data", "own:clothes", "--force", "--from", zip, ...form)).status).toBe(0);
    expect((await run("sweep", study, "--out", at("own.jsonl"), "--resume")).status).toBe(0);

    const twice = await run("data", "own:clothes", "--from", zip);
    expect(twice).toMatchObject({ status: 2 });
    expect(twice.stderr).toContain("own:clothes: there is one already; --force makes it anew");
    expect((await run("data")).stdout).toContain(
      "own:clothes: 96 training and 24 test images, 16×16×1, 2 classes",
    );
    expect((await run("data", "own:clothes", "--delete")).status).toBe(0);
    expect((await run("sweep", study, "--out", at("gone.jsonl"))).stderr).toContain(
      "data set own:clothes is not on this machine",
    );
  });

  test("a folder of class folders; uneven classes are told of", async () => {
    const pictures = [...(await pictureFolders(["Coat"], 4)), ...(await pictureFolders(["Bag"], 20))];
    for (const { path, bytes } of pictures) write(join("wardrobe", path), bytes);
    const { status, stdout, stderr } = await run(
      "data",
      "own:wardrobe",
      "--from",
      at("wardrobe"),
      "--test-fraction",
      "0.25",
    );
    expect([status, stdout]).toEqual([
      0,
      "own:wardrobe: 18 training and 6 test images, 32×32×3, 2 classes\n",
    ]);
    expect(stderr).toContain("classes are uneven: coat 3, bag 15 training images, 5.0 times as many");
  });

  test("what is wrong leaves the data set of before as it was, and nothing half written", async () => {
    await run("data", "own:clothes", "--from", write("a.zip", await clothes()));
    const before = kept();
    const bad = await zipOf([
      ...(await pictureFolders(["Bag", "Coat"], 2)),
      { path: "coat/9.png", bytes: new TextEncoder().encode("no") },
    ]);
    const failed = await run("data", "own:clothes", "--force", "--from", write("bad.zip", bad));
    expect(failed.status).toBe(2);
    expect(failed.stderr).toContain("bad.zip: coat/9.png: is no image");
    expect(kept()).toEqual(before);
  });

  test.each(badImages)("$fault is refused in one line, and nothing is kept", async ({ file, make, says }) => {
    const before = kept();
    const { status, stdout, stderr } = await run("data", "own:bad", "--from", write(file, await make()));
    expect([status, stdout]).toEqual([2, ""]);
    expect(stderr).toMatch(says);
    expect(stderr.trimEnd().split("\n")).toHaveLength(1);
    expect(kept()).toEqual(before);
  });

  test.each([
    [["data", "own:My"], "such as own:flowers"],
    [["data", "flowers"], 'data set "flowers" is unknown'],
    [["data", "own:flowers"], "own:flowers: --from names the images"],
    [["data", "own:flowers", "--from", "/no/such.zip"], "/no/such.zip: no such file or folder"],
    [["data", "own:flowers", "--from", "x", "--size", "1000"], "Expected a whole number from 8 to 256"],
    [["data", "own:flowers", "--from", "x", "--test-fraction", "0.9"], "Expected a number from 0.05 to 0.5"],
    [["data", "cifar10", "--md5", "abc"], "Expected 32 hexadecimal digits"],
    [["data", "mnist", "--from", "x"], "--from: mnist comes from an installed package"],
    [["data", "mnist", "--delete"], "--delete: mnist is prepared by set-up"],
  ])("%j is bad input", async (args, message) => {
    const { status, stderr } = await run(...args);
    expect(status).toBe(2);
    expect(stderr).toContain(message);
  });
});
