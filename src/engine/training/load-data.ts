import type { DatasetFacts } from "../data/catalogue.ts";
import { datasetDigest } from "../data/digest.ts";
import { loadDataset, loadManifest } from "../data/loader.ts";
import type { ShardSource } from "../data/shard-source.ts";
import { InputError, type InputProblem } from "../math/input-error.ts";
import type { Executor } from "../runtime/executor.ts";
import type { Regime } from "./regime.ts";
import type { TrainingData } from "./trainer.ts";

/** Resident until disposed. */
export interface LoadedData extends TrainingData {
  readonly facts: DatasetFacts;
  /** Of its images and labels (data/digest.ts). */
  readonly digest?: string | undefined;
  dispose(): void;
}

/**
 * Loads the images that a regime asks for, the first so many of each split, and makes them resident. Those
 * for validation are behind the ones to train on.
 * @throws InputError if the data set has fewer; DatasetError if a file of it is missing or damaged
 */
export async function loadTrainingData(
  executor: Executor,
  { dataset, images, testImages, validation = 0 }: Regime,
  source: ShardSource,
): Promise<LoadedData> {
  const manifest = await loadManifest(dataset, source);
  const problems: InputProblem[] = [
    { key: "images", wanted: images, split: manifest.train, what: "training" },
    { key: "testImages", wanted: testImages, split: manifest.test, what: "test" },
  ]
    .filter(({ wanted, split }) => wanted > split.count)
    .map(({ key, wanted, split, what }) => ({
      path: `regime.${key}`,
      message: `${wanted} is not allowed; ${dataset} has ${split.count} ${what} images`,
    }));
  const rest = manifest.train.count - images;
  if (validation > rest && rest >= 0)
    problems.push({
      path: "regime.validation",
      message: `${validation} is not allowed; behind ${images} images to train on ${dataset} has ${rest} training images`,
    });
  if (problems.length > 0) throw new InputError(problems);

  const loaded = await loadDataset(dataset, { source, trainImages: images + validation, testImages });
  const train = await executor.attach(loaded.train);
  const test = await executor.attach(loaded.test);
  return {
    facts: manifest,
    digest: await datasetDigest(manifest),
    train,
    test,
    dispose() {
      train.dispose();
      test.dispose();
    },
  };
}
