import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import * as tf from "@tensorflow/tfjs";
import { afterAll, beforeAll, expect, test, vi } from "vitest";
import { readStoredZip } from "../../test/fixtures/read-zip.ts";
import {
  logitError,
  movedState,
  planFor,
  randomImages,
  referenceLogits,
} from "../../test/fixtures/trained.ts";
import { specFromPycls } from "../engine/export/pycls-import.ts";
import { registerDesignscapeLayers } from "../engine/export/tfjs/designscape-layers.js";
import { exportWeights } from "../engine/export/weights.ts";
import { smallImageFrame } from "../engine/network/frame.ts";
import { parseNetworkSpec } from "../engine/network/parse.ts";
import type { NetworkSpec } from "../engine/network/spec.ts";
import { runCli } from "./run.ts";

const spec: NetworkSpec = {
  ...smallImageFrame,
  version: 1,
  name: "Small X",
  stem: { type: "small", width: 8 },
  stages: [
    {
      block: "res_bottleneck",
      depth: 1,
      width: 12,
      stride: 4,
      bottleneckRatio: 1,
      groupWidth: 4,
      seRatio: 0.25,
    },
  ],
};
const state = movedState(planFor(spec, 1), 3);

let folder: string;
beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), "designscape-export-"));
  writeFileSync(at("net.json"), JSON.stringify(spec));
  writeFileSync(at("net.safetensors"), exportWeights(planFor(spec, 1), state, spec));
});
afterAll(() => rmSync(folder, { recursive: true }));
const at = (name: string) => join(folder, name);

async function run(...args: string[]): Promise<{ status: number; stderr: string }> {
  let stderr = "";
  const spy = vi.spyOn(process.stderr, "write").mockImplementation((text) => {
    stderr += text;
    return true;
  });
  const status = await runCli(["export", ...args]);
  spy.mockRestore();
  return { status, stderr };
}

test("tfjs: the model that TF.js loads gives the logits of the weights", async () => {
  const args = [at("net.json"), "--to", "tfjs", "--weights", at("net.safetensors")];
  expect((await run(...args, "--out", at("model"))).status).toBe(0);
  expect((await run(...args, "--out", at("model.zip"))).status).toBe(0);
  const zip = readStoredZip(readFileSync(at("model.zip")));
  for (const [name, bytes] of zip) expect(new Uint8Array(readFileSync(at(`model/${name}`)))).toEqual(bytes);

  registerDesignscapeLayers(tf);
  const { modelTopology, weightsManifest, userDefinedMetadata } = JSON.parse(
    readFileSync(at("model/model.json"), "utf8"),
  );
  expect(userDefinedMetadata.designscape).toMatchObject({ name: "Small X", mean: [expect.any(Number)] });
  const weightData = zip.get("weights.bin")!.buffer as ArrayBuffer;
  const weightSpecs = weightsManifest[0].weights;
  const model = await tf.loadLayersModel(tf.io.fromMemory({ modelTopology, weightSpecs, weightData }));
  const images = randomImages(spec, 2, 1);
  const logits = (model.predict(tf.tensor(images, [2, 28, 28, 1])) as tf.Tensor).dataSync();
  expect(logitError(logits, await referenceLogits(spec, state, images, 2))).toBeLessThan(1e-5);
});

test("json and pycls: the network is read back", async () => {
  expect((await run(at("net.json"), "--to", "json", "--out", at("out.json"))).status).toBe(0);
  expect(parseNetworkSpec(JSON.parse(readFileSync(at("out.json"), "utf8")))).toEqual(spec);
  expect((await run(at("net.json"), "--to", "pycls", "--out", at("out.yaml"))).status).toBe(0);
  expect(specFromPycls(readFileSync(at("out.yaml"), "utf8"), 1).stages).toEqual(spec.stages);
});

test("what cannot be exported is told in a line with what is allowed", async () => {
  const tfjs = [at("net.json"), "--to", "tfjs", "--out", at("x")];
  expect(await run(...tfjs)).toEqual({
    status: 2,
    stderr: "error: --weights: tfjs needs the file that `train --save` wrote\n",
  });
  expect((await run(...tfjs, "--weights", at("none"))).stderr).toContain("none: no such file");
  const wider = { ...spec, stem: { type: "small", width: 16 } };
  writeFileSync(at("wider.json"), JSON.stringify(wider));
  const other = await run(at("wider.json"), ...tfjs.slice(1), "--weights", at("net.safetensors"));
  expect(other.status).toBe(2);
  expect(other.stderr).toContain("tensor stem.conv.weight: [8,1,3,3]; the network has [16,1,3,3]");
  const json = await run(
    at("net.json"),
    "--to",
    "json",
    "--weights",
    at("net.safetensors"),
    "--out",
    at("x"),
  );
  expect(json.stderr).toContain("json takes none");
});
