import { describe, expect, test } from "vitest";
import { InputError } from "../math/input-error.ts";
import { adjustBlock } from "./adjust.ts";
import { describeNetwork } from "./describe.ts";
import { networkOf, smallImageFrame } from "./frame.ts";
import { parseNetworkSpec } from "./parse.ts";

const xStage = {
  block: "res_bottleneck",
  depth: 1,
  width: 24,
  stride: 2,
  bottleneckRatio: 1,
  groupWidth: 8,
  seRatio: 0,
} as const;
const spec = networkOf(smallImageFrame, [xStage], "x");

describe("a network from outside", () => {
  test("is taken as it is when it fits", () => {
    expect(parseNetworkSpec(JSON.parse(JSON.stringify(spec)))).toEqual(spec);
  });

  test.each<[string, unknown]>([
    ["spec: null is not allowed; expected an object", null],
    ["spec.version: 2 is not allowed", { ...spec, version: 2 }],
    ["spec.colour: unknown field", { ...spec, colour: "red" }],
    ["spec.stages: [] is not allowed; at least 1 item", { ...spec, stages: [] }],
    ['spec.stages[0].block: "y" is not allowed', { ...spec, stages: [{ ...xStage, block: "y" }] }],
    ["spec.stages[0].depth: 0 is not allowed; ", { ...spec, stages: [{ ...xStage, depth: 0 }] }],
    ["spec.stages[0].kernel: unknown field", { ...spec, stages: [{ ...xStage, kernel: 3 }] }],
    [
      "spec.stages[0].groupWidth: 7 is not allowed; expected a divisor of the bottleneck width 24",
      { ...spec, stages: [{ ...xStage, groupWidth: 7 }] },
    ],
    [
      "spec.stages[0].bottleneckRatio: bottleneck width 0 (width 8 / bottleneckRatio 64) is not allowed",
      { ...spec, stages: [{ ...xStage, width: 8, bottleneckRatio: 64 }] },
    ],
    [
      "spec: needs more multiply-adds than can be counted exactly",
      {
        ...spec,
        input: { height: 4096, width: 4096, channels: 3 },
        stages: [{ ...xStage, depth: 1000, width: 65536, stride: 1, groupWidth: 65536 }],
      },
    ],
  ])("%s", (message, value) => {
    expect(() => parseNetworkSpec(value)).toThrow(InputError);
    expect(() => parseNetworkSpec(value)).toThrow(message);
  });
});

describe("what does not fit is adjusted by pycls' rule", () => {
  test.each([
    [
      "a width that the group width does not divide goes to the nearest multiple, halves to even",
      40,
      1,
      16,
      32,
      16,
    ],
    ["a group wider than the bottleneck shrinks to it", 24, 1, 32, 24, 24],
    ["the bottleneck gives the multiple: 100 / 4 = 25 → 24 → 96", 100, 4, 8, 96, 8],
    [
      "an inverted bottleneck stays whole: 12 · 3 = 36 in steps of lcm(8, 3) = 24 → 48 → 16",
      12,
      1 / 3,
      8,
      16,
      8,
    ],
  ])("%s", (_, width, bottleneckRatio, groupWidth, adjustedWidth, adjustedGroup) => {
    const shape = { width, bottleneckRatio, groupWidth };
    expect(adjustBlock(shape)).toEqual({ width: adjustedWidth, bottleneckRatio, groupWidth: adjustedGroup });
  });
});

describe("description", () => {
  test("has a row a stage, with nulls where a block has no such parameter", () => {
    const plain = networkOf(
      smallImageFrame,
      [xStage, { block: "vanilla", depth: 2, width: 16, stride: 1 }],
      "two",
    );
    const { name, stages } = describeNetwork(plain);
    expect(name).toBe("two");
    expect(stages[0]).toEqual({ ...xStage, kernel: 3, expansion: null });
    expect(stages[1]).toMatchObject({
      block: "vanilla",
      depth: 2,
      bottleneckRatio: null,
      groupWidth: null,
      seRatio: 0,
    });
  });
});
