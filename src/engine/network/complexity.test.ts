import { describe, expect, test } from "vitest";
import { type PyclsNet, specOfPycls } from "../../../test/fixtures/pycls-spec.ts";
import { readReference } from "../../../test/fixtures/reference.ts";
import { complexity } from "./complexity.ts";
import { networkOf, smallImageFrame } from "./frame.ts";

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

test("V and VR of the RegNet appendix have one 3×3 convolution a block, VR a shortcut besides", () => {
  const stage = { depth: 2, width: 8, stride: 2, convolutions: 1 } as const;
  const cost = (block: "vanilla" | "res_basic") =>
    complexity(networkOf(smallImageFrame, [{ block, ...stage }]));
  // By hand: stem 1→16 at 28×28, then 16→8 and 8→8 at 14×14, the classifier 8→10 with its bias.
  const weights = { stem: 9 * 16, first: 9 * 16 * 8, second: 9 * 8 * 8, head: 8 * 10 + 10 };
  const v = {
    flops: weights.stem * 784 + (weights.first + weights.second) * 196 + weights.head,
    params: weights.stem + weights.first + weights.second + weights.head + 2 * (16 + 8 + 8),
    acts: 16 * 784 + 2 * 8 * 196 + 10,
  };
  expect(cost("vanilla")).toEqual(v);
  // The first block changes the shape: a 1×1 projection 16→8 with its norm.
  expect(cost("res_basic")).toEqual({
    flops: v.flops + 16 * 8 * 196,
    params: v.params + 16 * 8 + 2 * 8,
    acts: v.acts + 8 * 196,
  });
});
