import { describe, expect, test } from "vitest";
import { readReference } from "../../../test/fixtures/reference.ts";
import { complexity } from "../network/complexity.ts";
import { checkNetworkSpec } from "../network/parse.ts";
import { publishedNetwork, publishedNetworks } from "./registry.ts";

interface Row {
  name: string;
  resolution: number;
  flops: number;
  params: number;
  acts: number;
}

describe("published networks", () => {
  test.each(publishedNetworks)("$name: flops, params and acts are the published ones", (network) => {
    expect(checkNetworkSpec(network.spec)).toEqual([]);
    const cost = complexity(network.spec);
    expect(cost).toMatchObject(network.exact);
    for (const [metric, value] of Object.entries(network.rounded ?? {})) {
      expect(Math.abs(cost[metric as keyof typeof cost] / value - 1), metric).toBeLessThan(0.02);
    }
  });

  const rows = readReference<Row[]>("complexity.json").map((row) => ({ ...row, id: presetOf(row.name) }));

  test.each(rows)("$id is the $name of the reference", ({ id, resolution, flops, params, acts }) => {
    const { spec } = publishedNetwork(id);
    // torchvision evaluates B2 at 288 pixels, the paper and pycls at 260.
    if (id !== "efficientnet-b2") expect(spec.input.height).toBe(resolution);
    const input = { height: resolution, width: resolution, channels: 3 };
    expect(complexity({ ...spec, input })).toEqual({ flops, params, acts });
  });

  test("ids are found however they are cased, with or without the zero", () => {
    expect(publishedNetwork("RegNetX-4GF")).toBe(publishedNetwork("regnetx-4.0gf"));
    expect(() => publishedNetwork("regnetx-5gf")).toThrow(
      /preset: "regnetx-5gf" is not known; expected one of regnetx-200mf, /,
    );
  });
});

/** "torchvision EfficientNet-V2-S" is our efficientnetv2-s. */
function presetOf(name: string): string {
  return name.toLowerCase().replace("torchvision ", "").replace("net-v2", "netv2");
}
