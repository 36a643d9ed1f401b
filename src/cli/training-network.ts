import type { DatasetFacts } from "../engine/data/catalogue.ts";
import type { NetworkSpec } from "../engine/network/spec.ts";
import { isPublished } from "../engine/published/registry.ts";
import { type FrameOptions, resolveNetwork, withFrame } from "../engine/published/request.ts";
import { isFile, readJson } from "./input.ts";

/** What `train` may say of the network's frame; a resolution other than the data set's resizes its images. */
export type FrameChoice = Pick<FrameOptions, "stem" | "resolution">;

/**
 * The network of `train <preset | spec.json>`: it takes the data set's channels and classes. A preset or a request (space
 * and params) also takes the data set's image size and the small-image stem, unless it asks for others; a whole spec keeps
 * its own.
 */
export async function readTrainingNetwork(
  presetOrFile: string,
  dataset: DatasetFacts,
  chosen: FrameChoice = {},
): Promise<NetworkSpec> {
  const [height, , channels] = dataset.shape;
  const fixed: FrameOptions = { channels, classes: dataset.classes.length };
  const usual: FrameOptions = { resolution: height, stem: "small" };
  if (isPublished(presetOrFile) || !isFile(presetOrFile))
    return resolveNetwork({ preset: presetOrFile, ...usual, ...chosen, ...fixed });
  const json = await readJson(presetOrFile);
  if (isRequest(json)) return resolveNetwork({ ...usual, ...json, ...chosen, ...fixed });
  return withFrame(resolveNetwork(json), { ...chosen, ...fixed });
}

function isRequest(json: unknown): json is Record<string, unknown> {
  return typeof json === "object" && json !== null && ("space" in json || "preset" in json);
}
