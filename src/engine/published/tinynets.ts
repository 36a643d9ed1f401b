import { tinyScale } from "../scaling/tiny.ts";
import { efficientnetB0 } from "../spaces/efficientnet-b0.ts";
import type { PublishedNetwork } from "./published.ts";

/**
 * TinyNet A to E: EfficientNet-B0 with resolution, width and depth multiplied (Han et al. 2020, arXiv:2010.14819, table of
 * the published models; rounding as timm, which carries the authors' weights). flops as the paper rounds them, params as
 * timm lists them.
 */
type Row = readonly [
  size: string,
  resolution: number,
  width: number,
  depth: number,
  flops: number,
  params: number,
];

// biome-ignore format: a table reads best as a table
const rows: readonly Row[] = [
  ["A", 0.86,  1.00, 1.2,   339e6, 6.19e6],
  ["B", 0.84,  0.75, 1.1,   202e6, 3.73e6],
  ["C", 0.825, 0.54, 0.85,  100e6, 2.46e6],
  ["D", 0.68,  0.54, 0.695,  52e6, 2.34e6],
  ["E", 0.475, 0.51, 0.60,   24e6, 2.04e6],
];

export const publishedTinynets: readonly PublishedNetwork[] = rows.map(
  ([size, resolution, width, depth, flops, params]) => {
    const name = `TinyNet-${size}`;
    return {
      id: name.toLowerCase(),
      name,
      family: "TinyNet",
      source: "arXiv:2010.14819; timm models/efficientnet.py",
      spec: { ...tinyScale(efficientnetB0, { depth, width, resolution }), name },
      exact: {},
      rounded: { flops, params },
    };
  },
);
