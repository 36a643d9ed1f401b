import { parseStudy } from "../../src/engine/sweep/study.ts";
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

/** For tests that only want trained networks: the same six, a quarter of the images. */
const briefly = parseStudy({ ...study, regime: { ...study.regime, images: 128 } });

export const briefStudy = { study: briefly, hash: `#/study?${encodeStudy(briefly)}` };

export const tinyStudy = { study, hash: `#/study?${encodeStudy(study)}` };
