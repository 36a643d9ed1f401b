import { describe, expect, test } from "vitest";
import { complexity } from "../network/complexity.ts";
import { defaultNorm, type NetworkSpec } from "../network/spec.ts";
import { intensity, macsPerByte } from "./traffic.ts";

const spec: NetworkSpec = {
  version: 1,
  input: { height: 28, width: 28, channels: 1 },
  classes: 10,
  stem: { type: "small", width: 16 },
  stages: [24, 56].map((width) => ({
    block: "res_bottleneck",
    depth: 2,
    width,
    stride: 2,
    bottleneckRatio: 1,
    groupWidth: 8,
    seRatio: 0,
  })),
  head: { width: 0 },
  activation: "relu",
  norm: defaultNorm,
};

describe("memory traffic", () => {
  const fused = intensity(spec, 4, "inference", true);
  const separate = intensity(spec, 4, "inference", false);

  test("inference of a batch computes the network's FLOPs, less the classifier's bias, for every image", () => {
    expect(fused.total.macs).toBe(4 * (complexity(spec).flops - spec.classes));
  });

  test("a training step computes three times the convolutions, but no gradient of the image", () => {
    const stem = 28 * 28 * 16 * 9;
    const step = intensity(spec, 4, "training", true).total.macs;
    expect(step).toBe(4 * (3 * (complexity(spec).flops - spec.classes) - stem));
  });

  test("the layers add up to the total", () => {
    const bytes = fused.layers.reduce((total, layer) => total + layer.bytes, 0);
    expect(bytes).toBe(fused.total.bytes);
  });

  test("fusion moves fewer bytes for the same arithmetic", () => {
    expect(fused.total.macs).toBe(separate.total.macs);
    expect(macsPerByte(fused.total)).toBeGreaterThan(1.2 * macsPerByte(separate.total));
  });

  test("a 1×1 convolution of C to K channels over P pixels: P·C·K multiply-adds for its three operands", () => {
    const { macs, bytes } = fused.layers.find(({ layer }) => layer === "s2.b2.f.a") ?? { macs: 0, bytes: 0 };
    const pixels = 4 * 7 * 7;
    expect(macs).toBe(pixels * 56 * 56);
    expect(bytes).toBe(4 * (2 * pixels * 56 + 56 * 56));
  });
});
