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
    const { flops, params, acts } = network;
    expect(checkNetworkSpec(network.spec)).toEqual([]);
    expect(complexity(network.spec)).toEqual({ flops, params, acts });
  });

  const covered = publishedNetworks.map(({ name }) => name);
  const rows = readReference<Row[]>("complexity.json").filter(({ name }) => covered.includes(name));

  test.each(rows)("$name is the network of the reference", ({ name, resolution, flops, params, acts }) => {
    const { spec } = publishedNetwork(name);
    expect(spec.input).toEqual({ height: resolution, width: resolution, channels: 3 });
    expect(complexity(spec)).toEqual({ flops, params, acts });
  });

  test("ids are found however they are cased, with or without the zero", () => {
    expect(publishedNetwork("RegNetX-4GF")).toBe(publishedNetwork("regnetx-4.0gf"));
    expect(() => publishedNetwork("regnetx-5gf")).toThrow(
      /preset: "regnetx-5gf" is not known; expected one of regnetx-200mf, /,
    );
  });
});
