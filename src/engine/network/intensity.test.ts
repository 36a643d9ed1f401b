import { describe, expect, test } from "vitest";
import { complexity } from "./complexity.ts";
import { networkOf, smallImageFrame } from "./frame.ts";
import { arithmeticIntensity } from "./intensity.ts";

const spec = networkOf(smallImageFrame, [
  {
    block: "res_bottleneck",
    depth: 2,
    width: 24,
    stride: 2,
    bottleneckRatio: 1,
    groupWidth: 8,
    seRatio: 0.25,
  },
]);

describe("arithmetic intensity", () => {
  test("flops are those of the complexity, times the batch", () => {
    expect(arithmeticIntensity(spec, 1).flops).toBe(complexity(spec).flops);
    expect(arithmeticIntensity(spec, 8).flops).toBe(8 * complexity(spec).flops);
  });

  test("a stem by hand: 28×28×1 in, 28×28×16 out, 144 weights; its norm and activation move nothing when fused", () => {
    const [conv, norm, relu] = arithmeticIntensity(spec, 2).layers;
    expect(conv).toEqual({
      name: "stem.conv",
      flops: 2 * 784 * 16 * 9,
      bytes: 4 * (2 * (784 + 784 * 16) + 144),
      fusedBytes: 4 * (2 * (784 + 784 * 16) + 144),
    });
    expect(norm).toMatchObject({ name: "stem.bn", bytes: 4 * (2 * 2 * 784 * 16 + 32), fusedBytes: 4 * 32 });
    expect(relu).toMatchObject({ bytes: 4 * 2 * 2 * 784 * 16, fusedBytes: 0 });
  });

  test("fusion and larger batches raise it", () => {
    const one = arithmeticIntensity(spec, 1);
    expect(one.fusedIntensity).toBeGreaterThan(1.5 * one.intensity);
    expect(arithmeticIntensity(spec, 64).intensity).toBeGreaterThan(one.intensity);
  });
});
