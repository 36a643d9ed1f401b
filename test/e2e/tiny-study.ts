import { parseStudy, type Study } from "../../src/engine/sweep/study.ts";
import { encodeStudy } from "../../src/engine/sweep/study-url.ts";

/** Trained within seconds: six small networks, two short epochs each. */
const study = parseStudy({
  version: 1,
  name: "Tiny",
  seed: 5,
  populations: [
    { name: "AnyNetXA", space: "anynetxa", count: 3, budget: { flops: "300k..700k" } },
    { name: "RegNetX", space: "regnetx", count: 3, budget: { flops: "300k..700k" } },
  ],
  regime: { images: 512, testImages: 200, epochs: 2, batch: 32 },
});

const linked = (given: Study) => ({ study: given, hash: `#/study?${encodeStudy(given)}` });

export const tinyStudy = linked(study);

const withCount = (given: Study, count: number) =>
  linked({ ...given, populations: given.populations.map((population) => ({ ...population, count })) });

/** For tests that only want trained networks: the same ones, of each population so many, a quarter of the images. */
export const briefStudyOf = (count: number) =>
  withCount({ ...study, regime: { ...study.regime, images: 128 } }, count);

/** The tiny study with this many networks of each population: to a browser it is the same one, with more or fewer trials. */
export const tinyStudyOf = (count: number) => withCount(study, count);

/**
 * For tests that interrupt a run: it cannot end before them, however fast the machine, and is never waited for to its end.
 */
export const longStudy = tinyStudyOf(30);
