import type * as Tfjs from "@tensorflow/tfjs";
import type { NetworkSpec } from "../../network/spec.ts";
import type { ModelState } from "../../runtime/executor.ts";
import { writeZip, type ZipEntry } from "../zip.ts";
import { buildLayersModel, type TensorFlow } from "./layers-model.ts";

/** What a model's user must know that is not in its layers. */
export interface ModelUse {
  /** Of the network, for people. */
  readonly name: string;
  /** Class of every logit. */
  readonly classes: readonly string[];
  /** Per channel, of pixels scaled to 0–1: the model takes (pixel/255 − mean)/std. */
  readonly mean: readonly number[];
  readonly std: readonly number[];
}

/**
 * A trained network as files for `tf.loadLayersModel`: `model.json` (with the spec and its use in `userDefinedMetadata`),
 * `weights.bin`, the layers that TF.js does not have as `designscape-layers.js`, and `README.md`, which says how to load
 * and feed it.
 *
 * @param layersScript text of designscape-layers.js: a page has it from its bundler, Node from the disk
 */
export async function saveLayersModel(
  tf: TensorFlow,
  network: { readonly spec: NetworkSpec; readonly state: ModelState },
  use: ModelUse,
  layersScript: string,
): Promise<ZipEntry[]> {
  const model = buildLayersModel(tf, network.spec, network.state);
  try {
    model.setUserDefinedMetadata({ designscape: { ...use, spec: network.spec } });
    const artifacts = await artifactsOf(tf, model);
    const { weightSpecs = [], weightData, ...rest } = artifacts;
    const manifest = { weightsManifest: [{ paths: ["weights.bin"], weights: weightSpecs }] };
    const text = (content: string) => new TextEncoder().encode(content);
    return [
      { name: "model.json", bytes: text(`${JSON.stringify({ ...rest, ...manifest })}\n`) },
      { name: "weights.bin", bytes: new Uint8Array(joined(weightData)) },
      { name: "designscape-layers.js", bytes: text(layersScript) },
      { name: "README.md", bytes: text(readme(network.spec, use)) },
    ];
  } finally {
    model.dispose();
  }
}

export async function zipLayersModel(
  ...parameters: Parameters<typeof saveLayersModel>
): Promise<Uint8Array<ArrayBuffer>> {
  return writeZip(await saveLayersModel(...parameters));
}

async function artifactsOf(tf: TensorFlow, model: Tfjs.LayersModel): Promise<Tfjs.io.ModelArtifacts> {
  let saved: Tfjs.io.ModelArtifacts | undefined;
  const handler = tf.io.withSaveHandler(async (artifacts) => {
    saved = artifacts;
    return { modelArtifactsInfo: tf.io.getModelArtifactsInfoForJSON(artifacts) };
  });
  await model.save(handler);
  if (saved === undefined) throw new Error("TF.js saved nothing");
  const { trainingConfig: _, ...artifacts } = saved;
  return artifacts;
}

function joined(data: Tfjs.io.WeightData | undefined): ArrayBuffer {
  if (data === undefined) throw new Error("TF.js saved no weights");
  if (!Array.isArray(data)) return data;
  const bytes = new Uint8Array(data.reduce((sum, { byteLength }) => sum + byteLength, 0));
  let at = 0;
  for (const part of data) {
    bytes.set(new Uint8Array(part), at);
    at += part.byteLength;
  }
  return bytes.buffer;
}

function readme({ input, classes }: NetworkSpec, use: ModelUse): string {
  const { height, width, channels } = input;
  const list = (values: readonly number[]) =>
    `[${values.map((value) => Number(value.toFixed(6))).join(", ")}]`;
  return `# ${use.name.replace(/\s+/g, " ")}

Trained by Designscape; for TensorFlow.js 4 (\`@tensorflow/tfjs\`).

\`\`\`js
import * as tf from "@tensorflow/tfjs";
import { registerDesignscapeLayers } from "./designscape-layers.js";

// Grouped convolution and norms per image are no layers of TensorFlow.js: make them known first.
registerDesignscapeLayers(tf);
const model = await tf.loadLayersModel("model.json");

const mean = ${list(use.mean)}; // per channel, of pixels scaled to 0–1
const std = ${list(use.std)};
const images = tf.browser.fromPixels(picture, ${channels}).toFloat().div(255).sub(mean).div(std).expandDims(0);
const probabilities = tf.softmax(model.predict(images));
\`\`\`

Input: [images, ${height}, ${width}, ${channels}]; picture is a ${width}×${height} canvas, image or ImageData.
Output: ${classes} logits: ${use.classes.join(", ")}.

The network's NetworkSpec, the classes, mean and std are in \`model.json\`, \`userDefinedMetadata.designscape\`.
`;
}
