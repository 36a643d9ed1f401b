import { describe, expect, test } from "vitest";
import { type PyclsNet, specOfPycls } from "../../../test/fixtures/pycls-spec.ts";
import { readReference } from "../../../test/fixtures/reference.ts";
import { complexity } from "./complexity.ts";

interface Row {
  name: string;
  resolution: number;
  config: PyclsNet;
  flops: number;
  params: number;
  acts: number;
}

const rows = readReference<Row[]>("complexity.json");

describe("complexity equals that of pycls, torchvision and timm", () => {
  test.each(rows)("$name", ({ config, resolution, flops, params, acts }) => {
    expect(complexity(specOfPycls(config, resolution))).toEqual({ flops, params, acts });
  });
});
