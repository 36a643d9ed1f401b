import { adjustBlock, type BlockShape } from "../../../engine/network/adjust.ts";
import type { Frame } from "../../../engine/network/frame.ts";
import type { StageSpec } from "../../../engine/network/spec.ts";
import type { SpaceId } from "../../../engine/spaces/registry.ts";
import type { Family } from "./family.ts";
import { type StageValues, stageFamily } from "./stage-family.ts";

function basic(id: SpaceId, block: "vanilla" | "res_basic", source: string): Family {
  return stageFamily({
    id,
    source,
    lists: ["depths", "widths", "strides"],
    singles: [],
    stageCounts: [3, 4, 5],
    relatives: ["ResNet", "ResNeXt", "RegNetX"],
    stage: ({ depths, widths, strides }) => ({ block, depth: depths!, width: widths!, stride: strides! }),
    read: (stage) => (stage.block === block ? shapeOf(stage) : undefined),
  });
}

function resnext(id: SpaceId): Family {
  const shape = ({ widths, bottleneckRatios, groupWidths }: StageValues): BlockShape => ({
    width: widths!,
    bottleneckRatio: bottleneckRatios!,
    groupWidth: groupWidths!,
  });
  return stageFamily({
    id,
    source: "Radosavovic et al. 2019, table 2",
    lists: ["depths", "widths", "bottleneckRatios", "groupWidths", "strides"],
    singles: [],
    stageCounts: [3, 4, 5],
    relatives: ["ResNet", "ResNeXt"],
    requested: shape,
    stage: (values) => ({
      block: "res_bottleneck",
      depth: values.depths!,
      stride: values.strides!,
      ...adjustBlock(shape(values)),
      seRatio: 0,
    }),
    read(stage) {
      if (stage.block !== "res_bottleneck" || stage.seRatio > 0) return undefined;
      const { bottleneckRatio: bottleneckRatios, groupWidth: groupWidths } = stage;
      return { ...shapeOf(stage), bottleneckRatios, groupWidths };
    },
  });
}

/** EfficientNets bring swish and a head. */
const efficientnetFrame = (frame: Frame, headWidth: number): Frame => ({
  ...frame,
  activation: "silu",
  head: { width: headWidth },
});

const mbconv = stageFamily({
  id: "mbconv",
  source: "Tan and Le 2019, table 1",
  lists: ["depths", "widths", "expansions", "kernels", "strides"],
  singles: ["seRatio", "headWidth"],
  relatives: ["EfficientNet", "TinyNet"],
  frame: efficientnetFrame,
  stage: (values, seRatio) => ({ block: "mbconv", ...expandedShape(values), seRatio }),
  read(stage) {
    if (stage.block !== "mbconv" || stage.groupWidth !== undefined) return undefined;
    return { ...shapeOf(stage), expansions: stage.expansion, kernels: stage.kernel };
  },
});

const efficientnetv2 = stageFamily({
  id: "efficientnetv2",
  source: "Tan and Le 2021, §3.1",
  lists: ["fused", "depths", "widths", "expansions", "kernels", "strides"],
  singles: ["seRatio", "headWidth"],
  stageCounts: [6, 7],
  relatives: ["EfficientNetV2", "EfficientNet"],
  frame: efficientnetFrame,
  stage: (values, seRatio) =>
    values.fused === 1
      ? { block: "fused_mbconv", ...expandedShape(values) }
      : { block: "mbconv", ...expandedShape(values), seRatio },
  read(stage) {
    if (stage.block !== "mbconv" && stage.block !== "fused_mbconv") return undefined;
    const { expansion: expansions, kernel: kernels } = stage;
    return { ...shapeOf(stage), expansions, kernels, fused: stage.block === "fused_mbconv" ? 1 : 0 };
  },
});

function expandedShape({ depths, widths, strides, expansions, kernels }: StageValues) {
  return { depth: depths!, width: widths!, stride: strides!, expansion: expansions!, kernel: kernels! };
}

function shapeOf({ depth, width, stride }: StageSpec): StageValues {
  return { depths: depth, widths: width, strides: stride };
}

export const stageFamilies: readonly Family[] = [
  basic("resnet", "res_basic", "He et al. 2016, table 1"),
  resnext("resnext-a"),
  resnext("resnext-b"),
  basic("vanilla", "vanilla", "Radosavovic et al. 2019, table 2"),
  mbconv,
  efficientnetv2,
];
