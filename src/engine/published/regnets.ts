import { imagenetFrame } from "../network/frame.ts";
import { regnetSpec } from "../spaces/regnet.ts";
import type { PublishedNetwork } from "./published.ts";

/**
 * RegNetX and RegNetY as published (Radosavovic et al. 2020, tables 13 and 14; pycls configs/dds_baselines), the numbers
 * of pycls dev/model_complexity.json. All have b = 1, four stages and a stem of 32 channels; Y has squeeze ratio 1/4.
 */
type Row = readonly [
  size: string,
  depth: number,
  initialWidth: number,
  slope: number,
  widthMultiplier: number,
  groupWidth: number,
  flops: number,
  params: number,
  acts: number,
];

// biome-ignore format: a table reads best as a table
const x: readonly Row[] = [
  ["200MF", 13,  24, 36.44, 2.49,   8,    199_040_872,   2_684_792,  2_164_056],
  ["400MF", 22,  24, 24.48, 2.54,  16,    397_678_568,   5_157_512,  3_143_272],
  ["600MF", 16,  48, 36.97, 2.24,  24,    600_891_112,   6_196_040,  3_975_096],
  ["800MF", 16,  56, 35.73, 2.28,  16,    799_700_712,   7_259_656,  5_148_744],
  ["1.6GF", 18,  80, 34.01, 2.25,  24,  1_602_850_792,   9_190_136,  7_933_512],
  ["3.2GF", 25,  88, 26.31, 2.25,  48,  3_176_622_952,  15_296_552, 11_367_432],
  ["4.0GF", 23,  96, 38.65, 2.43,  40,  3_964_499_816,  22_118_248, 12_201_608],
  ["6.4GF", 17, 184, 60.83, 2.07,  56,  6_460_292_264,  26_209_256, 16_369_744],
  ["8.0GF", 23,  80, 49.56, 2.88, 120,  7_995_133_416,  39_572_648, 14_059_688],
  ["12GF",  19, 168, 73.36, 2.37, 112, 12_086_679_016,  46_106_056, 21_366_568],
  ["16GF",  22, 216, 55.59, 2.10, 128, 15_940_756_456,  54_278_536, 25_515_496],
  ["32GF",  23, 320, 69.86, 2.00, 168, 31_735_930_792, 107_811_560, 36_302_160],
];

// biome-ignore format: a table reads best as a table
const y: readonly Row[] = [
  ["200MF", 13,  24, 36.44, 2.49,   8,    199_519_076,   3_162_996,  2_168_052],
  ["400MF", 16,  48, 27.89, 2.09,   8,    401_849_056,   4_344_144,  3_892_496],
  ["600MF", 15,  48, 32.54, 2.32,  16,    601_227_608,   6_055_160,  4_334_296],
  ["800MF", 14,  56, 38.84, 2.40,  16,    797_183_328,   6_263_168,  5_249_888],
  ["1.6GF", 27,  48, 20.71, 2.65,  24,  1_612_087_326,  11_202_430,  8_044_814],
  ["3.2GF", 21,  80, 42.63, 2.66,  24,  3_176_496_162,  19_436_338, 11_263_418],
  ["4.0GF", 22,  96, 31.41, 2.24,  64,  3_973_301_344,  20_646_656, 12_287_200],
  ["6.4GF", 25, 112, 33.22, 2.27,  72,  6_355_221_876,  30_583_252, 16_407_188],
  ["8.0GF", 17, 192, 76.82, 2.19,  56,  7_963_074_196,  39_180_068, 17_968_916],
  ["12GF",  19, 168, 73.36, 2.37, 112, 12_092_395_504,  51_822_544, 21_384_496],
  ["16GF",  18, 200, 106.23, 2.48, 112, 15_911_534_044,  83_590_140, 23_041_228],
  ["32GF",  20, 232, 115.89, 2.53, 232, 32_279_583_362, 145_046_770, 30_261_570],
];

export const publishedRegnets: readonly PublishedNetwork[] = [
  ...x.map((row) => publish("RegNetX", 0, row)),
  ...y.map((row) => publish("RegNetY", 0.25, row)),
];

function publish(family: string, seRatio: number, row: Row): PublishedNetwork {
  const [size, depth, initialWidth, slope, widthMultiplier, groupWidth, flops, params, acts] = row;
  const name = `${family}-${size}`;
  const shape = { depth, initialWidth, slope, widthMultiplier, groupWidth, bottleneckRatio: 1, seRatio };
  const spec = { ...regnetSpec(shape, imagenetFrame), name };
  const source = "arXiv:2003.13678; pycls configs/dds_baselines, dev/model_complexity.json";
  const network = { id: name.toLowerCase(), name, family, source, spec };
  return { ...network, params: { family: "regnet", ...shape }, exact: { flops, params, acts } };
}
