import { execFile } from "node:child_process";
import { readFileSync } from "node:fs";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { promisify } from "node:util";
import * as tf from "@tensorflow/tfjs";
import { beforeAll, expect, test } from "vitest";
import { bridgeNetworks } from "../../../../test/fixtures/bridge-networks.ts";
import { readStoredZip } from "../../../../test/fixtures/read-zip.ts";
import {
  logitError,
  movedState,
  planFor,
  randomImages,
  referenceLogits,
} from "../../../../test/fixtures/trained.ts";
import { saveLayersModel, zipLayersModel } from "./save-model.ts";

const layersScript = readFileSync(new URL("./designscape-layers.js", import.meta.url), "utf8");
const use = { name: "Net 1", classes: ["a", "b", "c", "d", "e"], mean: [0.5, 0.25], std: [0.2, 0.3] };
const count = 2;

function networkNamed(wanted: string) {
  const { spec } = bridgeNetworks.find(({ name }) => name === wanted)!;
  return { spec, state: movedState(planFor(spec, count), 7) };
}

beforeAll(async () => {
  tf.env().set("IS_TEST", true);
  await tf.setBackend("cpu");
});

/** What a user writes: TF.js, the script of the archive, and the model by its address. */
const userProgram = `
  const [, script, address, shape, images] = process.argv;
  const tf = (await import("@tensorflow/tfjs")).default;
  await tf.setBackend("cpu");
  if (script !== "") (await import(script)).registerDesignscapeLayers(tf);
  const model = await tf.loadLayersModel(address);
  const logits = model.predict(tf.tensor(JSON.parse(images), JSON.parse(shape)));
  console.log(JSON.stringify(Array.from(logits.dataSync())));
`;

/** Runs the user's program in a process of its own, on the files of an archive that a server gives out. */
async function inFreshProgram(
  files: ReadonlyMap<string, Uint8Array>,
  images: Float32Array,
  shape: readonly number[],
  { register }: { readonly register: boolean },
): Promise<number[]> {
  const folder = await mkdtemp(join(tmpdir(), "designscape-tfjs-"));
  const server: Server = createServer((request, response) => {
    const bytes = files.get(request.url?.slice(1) ?? "");
    response.writeHead(bytes ? 200 : 404).end(bytes);
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  try {
    const script = join(folder, "designscape-layers.mjs");
    await writeFile(script, files.get("designscape-layers.js")!);
    const address = `http://127.0.0.1:${(server.address() as AddressInfo).port}/model.json`;
    const parameters = [
      register ? pathToFileURL(script).href : "",
      address,
      JSON.stringify(shape),
      JSON.stringify(Array.from(images)),
    ];
    const { stdout } = await promisify(execFile)(process.execPath, [
      "--input-type=module",
      "--eval",
      userProgram,
      ...parameters,
    ]);
    return JSON.parse(stdout.trim().split("\n").at(-1)!) as number[];
  } finally {
    server.close();
    await rm(folder, { recursive: true });
  }
}

test("an archive, loaded by another program that has nothing of ours but its script, gives the same logits", async () => {
  const network = networkNamed("Y, layer norm, proxy");
  const files = readStoredZip(await zipLayersModel(tf, network, use, layersScript));
  expect([...files.keys()]).toEqual(["model.json", "weights.bin", "designscape-layers.js", "README.md"]);
  const images = randomImages(network.spec, count, 3);
  const wanted = await referenceLogits(network.spec, network.state, images, count);
  const shape = [count, 9, 10, 2];
  expect(logitError(await inFreshProgram(files, images, shape, { register: true }), wanted)).toBeLessThan(
    1e-5,
  );
  await expect(inFreshProgram(files, images, shape, { register: false })).rejects.toThrow(
    "Unknown layer: DesignscapeGroup",
  );
});

test("the metadata hold the spec and the use; a network of TF.js' own layers needs no script", async () => {
  const network = networkNamed("MBConv 5×5");
  const [model, weights] = await saveLayersModel(tf, network, use, layersScript);
  const json = new TextDecoder().decode(model!.bytes);
  expect(JSON.parse(json).userDefinedMetadata).toEqual({ designscape: { ...use, spec: network.spec } });
  expect(json).not.toContain("DesignscapeG");
  const parameters = [...network.state.values()].reduce((sum, { length }) => sum + length, 0);
  expect(weights!.bytes.length).toBe(4 * parameters);
});
