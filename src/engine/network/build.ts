import { convNorm } from "./blocks/conv-norm.ts";
import { fusedMbconvBlock } from "./blocks/fused-mbconv.ts";
import { mbconvBlock } from "./blocks/mbconv.ts";
import { resBasicBlock } from "./blocks/res-basic.ts";
import { resBottleneckBlock } from "./blocks/res-bottleneck.ts";
import { resBottleneckLinearBlock } from "./blocks/res-bottleneck-linear.ts";
import { vanillaBlock } from "./blocks/vanilla.ts";
import type { LayerSink } from "./layers.ts";
import type { Activation, NetworkSpec, StageSpec } from "./spec.ts";

/**
 * Runs a whole network over a sink and gives the logits. Layer names are those of pycls' state dict, in its order, so
 * that weights and reference data map by name: `stem.conv`, `s1.b1.proj`, `s1.b1.f.a_bn`, `head.fc`.
 */
export function buildNetwork<T>(spec: NetworkSpec, sink: LayerSink<T>, input: T): T {
  let x = buildStem(spec, sink, input);
  spec.stages.forEach((stage, i) => {
    const name = `s${i + 1}`;
    for (let block = 1; block <= stage.depth; block++) {
      x = buildBlock(stage, sink, x, `${name}.b${block}`, block === 1 ? stage.stride : 1, spec.activation);
    }
    sink.mark(x, name);
  });
  return buildHead(spec, sink, x);
}

/** Convolution, norm, activation and, in ResNet's stem, a max pool. */
export function buildStem<T>(spec: NetworkSpec, sink: LayerSink<T>, input: T): T {
  const { type, width } = spec.stem;
  const kernel = type === "resnet" ? 7 : 3;
  const stride = type === "small" ? 1 : 2;
  const { activation } = spec;
  let x = convNorm(sink, input, "stem.conv", { filters: width, kernel, stride, activation }, "stem.bn");
  if (type === "resnet") x = sink.maxPool(x, { kernel: 3, stride: 2 });
  sink.mark(x, "stem");
  return x;
}

/** One block of a stage. The stage's stride is that of its first block, so the caller says which it is. */
export function buildBlock<T>(
  stage: StageSpec,
  sink: LayerSink<T>,
  x: T,
  name: string,
  stride: number,
  activation: Activation,
): T {
  const y = runBlock(stage, sink, x, name, stride, activation);
  sink.mark(y, name);
  return y;
}

function runBlock<T>(
  stage: StageSpec,
  sink: LayerSink<T>,
  x: T,
  name: string,
  stride: number,
  activation: Activation,
): T {
  switch (stage.block) {
    case "vanilla":
      return vanillaBlock(sink, x, name, stage, stride, activation);
    case "res_basic":
      return resBasicBlock(sink, x, name, stage, stride, activation);
    case "res_bottleneck":
      return resBottleneckBlock(sink, x, name, stage, stride, activation);
    case "res_bottleneck_linear":
      return resBottleneckLinearBlock(sink, x, name, stage, stride, activation);
    case "mbconv":
      return mbconvBlock(sink, x, name, stage, stride, activation);
    case "fused_mbconv":
      return fusedMbconvBlock(sink, x, name, stage, stride, activation);
    default:
      throw new Error(`unknown block ${(stage satisfies never as StageSpec).block}`);
  }
}

/** An optional 1×1 expansion with norm and activation, then global average pool and the linear classifier. */
export function buildHead<T>(spec: NetworkSpec, sink: LayerSink<T>, x: T): T {
  let h = x;
  if (spec.head.width > 0) {
    const norm = isEffNet(spec) ? "head.conv_bn" : "head.bn";
    const { activation } = spec;
    h = convNorm(sink, h, "head.conv", { filters: spec.head.width, kernel: 1, activation }, norm);
  }
  const logits = sink.linear(sink.globalPool(h), "head.fc", spec.classes);
  sink.mark(logits, "head");
  return logits;
}

/** pycls names the head's norm differently in EffNets, the nets of MBConv blocks. */
function isEffNet(spec: NetworkSpec): boolean {
  const last = spec.stages.at(-1)?.block;
  return last === "mbconv" || last === "fused_mbconv";
}
