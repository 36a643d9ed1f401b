import { describe, expect, test } from "vitest";
import { readReference } from "../../../test/fixtures/reference.ts";
import { complexity } from "../network/complexity.ts";
import { smallImageFrame } from "../network/frame.ts";
import { anynetSpec } from "./anynet.ts";

interface Cost {
  flops: number;
  params: number;
  acts: number;
}
interface Row {
  id: string;
  params: { depths: number[]; widths: number[]; strides: number[]; bot_muls: number[]; group_ws: number[] };
  result: { ws: number[]; ds: number[]; ss: number[]; gs: number[]; se_off: Cost; se_on: Cost };
}

const { anynet } = readReference<{ anynet: Row[] }>("regnet_samples.json");
const frame = { ...smallImageFrame, input: { height: 32, width: 32, channels: 3 } };

describe("AnyNets of random parameters equal pycls'", () => {
  test.each(anynet)("$id: adjusted stages and complexity", ({ params, result }) => {
    const shape = {
      depths: params.depths,
      widths: params.widths,
      strides: params.strides,
      bottleneckRatios: params.bot_muls.map((multiplier) => 1 / multiplier),
      groupWidths: params.group_ws,
    };
    const spec = anynetSpec({ ...shape, seRatio: 0 }, frame);
    expect(spec.stages.map((stage) => stage.width)).toEqual(result.ws);
    expect(spec.stages.map((stage) => stage.depth)).toEqual(result.ds);
    expect(spec.stages.map((stage) => stage.stride)).toEqual(result.ss);
    expect(spec.stages.map((stage) => "groupWidth" in stage && stage.groupWidth)).toEqual(result.gs);
    expect(complexity(spec)).toEqual(result.se_off);
    expect(complexity(anynetSpec({ ...shape, seRatio: 0.25 }, frame))).toEqual(result.se_on);
  });
});
