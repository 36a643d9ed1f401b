import { imagenetFrame, networkOf } from "../network/frame.ts";
import type { StageSpec } from "../network/spec.ts";
import type { PublishedNetwork } from "./published.ts";

/**
 * ResNet (He et al. 2016, arXiv:1512.03385, table 1; stride in the 3×3 convolution) and ResNeXt 32×4d (Xie et al. 2017,
 * arXiv:1611.05431, table 1), with the numbers of pycls dev/model_complexity.json.
 */
type Row = readonly [depth: number, depths: readonly number[], flops: number, params: number, acts: number];

// biome-ignore format: a table reads best as a table
const resnets: readonly Row[] = [
  [50,  [3, 4,  6, 3],  4_089_185_256, 25_557_032, 11_315_688],
  [101, [3, 4, 23, 3],  7_801_406_440, 44_549_160, 16_433_640],
  [152, [3, 8, 36, 3], 11_513_627_624, 60_192_808, 22_755_816],
];

// biome-ignore format: a table reads best as a table
const resnexts: readonly Row[] = [
  [50,  [3, 4,  6, 3],  4_230_480_872, 25_028_904, 14_602_216],
  [101, [3, 4, 23, 3],  7_969_997_800, 44_177_704, 21_426_152],
  [152, [3, 8, 36, 3], 11_709_514_728, 59_951_400, 29_855_720],
];

const widths = [256, 512, 1024, 2048];

export const publishedResnets: readonly PublishedNetwork[] = [
  // One group: as wide as the bottleneck, a quarter of the block.
  ...resnets.map((row) => publish("ResNet", row, 4, (width) => width / 4)),
  // 32 groups of 4 to 32 channels in a bottleneck of half the block.
  ...resnexts.map((row) => publish("ResNeXt", row, 2, (width) => width / 2 / 32)),
];

function publish(
  family: string,
  [depth, depths, flops, params, acts]: Row,
  bottleneckRatio: number,
  groupWidthOf: (width: number) => number,
): PublishedNetwork {
  const name = `${family}-${depth}`;
  const stages = widths.map((width, i): StageSpec => {
    const groups = { bottleneckRatio, groupWidth: groupWidthOf(width), seRatio: 0 };
    return { block: "res_bottleneck", depth: depths[i]!, width, stride: i === 0 ? 1 : 2, ...groups };
  });
  const spec = networkOf({ ...imagenetFrame, stem: { type: "resnet", width: 64 } }, stages, name);
  const source = "pycls configs/dds_baselines, dev/model_complexity.json";
  return { id: name.toLowerCase(), name, family, source, spec, exact: { flops, params, acts } };
}
