import { describe, expect, test } from "vitest";
import { type PyclsNet, specOfPycls } from "../../../test/fixtures/pycls-spec.ts";
import { readReference } from "../../../test/fixtures/reference.ts";
import { buildNetwork } from "./build.ts";
import { complexity } from "./complexity.ts";
import {
  type ConvAttrs,
  convShape,
  type LayerSink,
  type MapShape,
  type PoolAttrs,
  poolShape,
} from "./layers.ts";

interface Golden extends PyclsNet {
  readonly input_hw: [number, number];
  readonly parameters: [string, number[]][];
  readonly complexity: { flops: number; params: number; acts: number };
}

const names = [
  "anynet_basic_resstem",
  "anynet_bottleneck_groups",
  "anynet_bottleneck_se",
  "anynet_linear_silu_smooth",
  "anynet_vanilla_simplestem",
  "effnet_mbconv",
  "effnetv2_fused",
];

describe.each(names)("%s", (name) => {
  const golden = { ...readReference<Golden>(`golden/${name}.json`), num_classes: 10 };
  const spec = specOfPycls(golden, ...golden.input_hw);

  test("parameters have pycls' names, shapes and order", () => {
    const sink = new ParameterSink();
    const logits = buildNetwork(spec, sink, spec.input);
    expect(sink.parameters).toEqual(golden.parameters);
    expect(logits).toEqual({ height: 1, width: 1, channels: 10 });
  });

  test("every part is marked once, blocks before their stage", () => {
    const sink = new ParameterSink();
    buildNetwork(spec, sink, spec.input);
    const stages = spec.stages.flatMap(({ depth }, i) => {
      const blocks = Array.from({ length: depth }, (_, b) => `s${i + 1}.b${b + 1}`);
      return [...blocks, `s${i + 1}`];
    });
    expect(sink.marks).toEqual(["stem", ...stages, "head"]);
  });

  test("complexity equals pycls'", () => {
    expect(complexity(spec)).toEqual(golden.complexity);
  });
});

/** Writes down what a PyTorch module would register. */
class ParameterSink implements LayerSink<MapShape> {
  readonly parameters: [string, number[]][] = [];
  readonly marks: string[] = [];

  conv(x: MapShape, name: string, attrs: ConvAttrs): MapShape {
    const { filters, kernel, groups, bias } = attrs;
    this.parameters.push([`${name}.weight`, [filters, x.channels / groups, kernel, kernel]]);
    if (bias) this.parameters.push([`${name}.bias`, [filters]]);
    return convShape(x, attrs);
  }

  norm(x: MapShape, name: string): MapShape {
    this.parameters.push([`${name}.weight`, [x.channels]], [`${name}.bias`, [x.channels]]);
    return x;
  }

  activation(x: MapShape): MapShape {
    return x;
  }

  add(a: MapShape, b: MapShape): MapShape {
    expect(a).toEqual(b);
    return a;
  }

  maxPool(x: MapShape, attrs: PoolAttrs): MapShape {
    return poolShape(x, attrs);
  }

  globalPool({ channels }: MapShape): MapShape {
    return { height: 1, width: 1, channels };
  }

  scale(x: MapShape, s: MapShape): MapShape {
    expect(s).toEqual({ height: 1, width: 1, channels: x.channels });
    return x;
  }

  linear(x: MapShape, name: string, units: number): MapShape {
    this.parameters.push([`${name}.weight`, [units, x.channels]], [`${name}.bias`, [units]]);
    return { height: 1, width: 1, channels: units };
  }

  channels(x: MapShape): number {
    return x.channels;
  }

  mark(_x: MapShape, part: string): void {
    this.marks.push(part);
  }
}
