import { describe, expect, test } from "vitest";
import { readReference } from "../../../test/fixtures/reference.ts";
import { complexity } from "../network/complexity.ts";
import { smallImageFrame } from "../network/frame.ts";
import { quantizedWidths } from "./quantized.ts";
import { regnetSpec } from "./regnet.ts";

interface Row {
  id: string;
  params: { d: number; w0: number; wa: number; wm: number; bot_mul: number; group_w: number };
  result: {
    raw_ws: number[];
    num_stages: number;
    total_stages: number;
    ws: number[];
    ds: number[];
    ss: number[];
    gs: number[];
    se_off: { flops: number; params: number; acts: number };
    se_on: { flops: number; params: number; acts: number };
  };
}

const { regnet } = readReference<{ regnet: Row[] }>("regnet_samples.json");
const frame = { ...smallImageFrame, input: { height: 32, width: 32, channels: 3 } };

describe("RegNets of random parameters equal pycls'", () => {
  test.each(regnet)("$id: stages and complexity", ({ params, result }) => {
    const line = { depth: params.d, initialWidth: params.w0, slope: params.wa, widthMultiplier: params.wm };
    const { stageWidths, possibleStages } = quantizedWidths(line);
    expect(stageWidths).toEqual(result.raw_ws);
    expect(stageWidths).toHaveLength(result.num_stages);
    expect(possibleStages).toBe(result.total_stages);

    const shape = { ...line, groupWidth: params.group_w, bottleneckRatio: 1 / params.bot_mul };
    const spec = regnetSpec({ ...shape, seRatio: 0 }, frame);
    expect(spec.stages.map((stage) => stage.width)).toEqual(result.ws);
    expect(spec.stages.map((stage) => stage.depth)).toEqual(result.ds);
    expect(spec.stages.map((stage) => stage.stride)).toEqual(result.ss);
    expect(spec.stages.map((stage) => "groupWidth" in stage && stage.groupWidth)).toEqual(result.gs);
    expect(complexity(spec)).toEqual(result.se_off);
    expect(complexity(regnetSpec({ ...shape, seRatio: 0.25 }, frame))).toEqual(result.se_on);
  });
});
