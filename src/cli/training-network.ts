import type { DatasetEntry } from "../engine/data/catalogue.ts";
import type { NetworkSpec } from "../engine/network/spec.ts";
import { isPublished } from "../engine/published/registry.ts";
import { type FrameOptions, resolveNetwork, withFrame } from "../engine/published/request.ts";
import { isFile, readJson } from "./input.ts";

/**
 * The network of `train <preset | spec.json>`: it takes the data set's image size and classes. A preset or a request
 * (space and params) also takes the small-image stem, unless it asks for another; a whole spec keeps its own stem.
 */
export async function readTrainingNetwork(
  presetOrFile: string,
  dataset: DatasetEntry,
  stem?: FrameOptions["stem"],
): Promise<NetworkSpec> {
  const [height, , channels] = dataset.shape;
  const frame: FrameOptions = { resolution: height, channels, classes: dataset.classes.length };
  const chosen = stem === undefined ? {} : { stem };
  if (isPublished(presetOrFile) || !isFile(presetOrFile))
    return resolveNetwork({ preset: presetOrFile, stem: "small", ...chosen, ...frame });
  const json = await readJson(presetOrFile);
  if (isRequest(json)) return resolveNetwork({ stem: "small", ...json, ...chosen, ...frame });
  return withFrame(resolveNetwork(json), { ...chosen, ...frame });
}

function isRequest(json: unknown): json is Record<string, unknown> {
  return typeof json === "object" && json !== null && ("space" in json || "preset" in json);
}
