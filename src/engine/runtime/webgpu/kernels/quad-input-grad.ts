import { defineKernel, each, type Kernel, read, write } from "../kernel.ts";
import {
  eachPixel,
  eachSegment,
  type QuadShape,
  quadArgs,
  quadLocals,
  quadName,
  quadPlace,
  segments,
  summed,
  tapProducts,
  unitOf,
  vectorsOf,
  writeQuadSums,
} from "./quad.ts";
import { argumentsFirst } from "./text.ts";

const args = {
  ...quadArgs,
  /** dx's map. Its pixels come in stride² classes by the remainders of y and x, each with so many pixels down and
   *  so many quads, edges included that the map does not have. */
  height: "u32",
  width: "u32",
  classHeight: "u32",
  classQuads: "u32",
  /** What a normed x must be above to let a gradient through. */
  floor: "f32",
} as const;

/** What becomes of a sum before it is stored: another gradient is added, or it is led through the norm before. */
export type QuadThen = "store" | "add" | "norm";

/**
 * Whether a line's classes are made together: with 3 taps, a stride of 2 and a padding of 1, pixel 2m takes the middle tap
 * of dy's pixel m, 2m + 1 the last one of m and the first one of m + 1.
 */
const together = ({ window, stride }: QuadShape): boolean => window === 3 && stride === 2;

/** Tap (i, j) of those that a class has, in the filters. */
const tapAt = (shape: QuadShape, j: string) =>
  together(shape)
    ? `((firstKy + i * a.stride) * a.kernel + ${j})`
    : `((firstKy + i * a.stride) * a.kernel + firstKx + ${j} * a.stride)`;

/** Pixels of dx that a segment of so many pixels of dy writes. */
const writtenOf = (shape: QuadShape): number => (together(shape) ? 2 : 1) * shape.pixels;

function finish(shape: QuadShape, then: QuadThen): string {
  const { blocks } = shape;
  const other = (b: number) => `other[otherRow + ${unitOf(shape, b)}]`;
  const sum = (b: number) => {
    if (then === "store") return "";
    if (then === "add") return `      s_${b} += ${other(b)};`;
    return `
      let x${b} = ${other(b)};
      s_${b} = select(vec4f(0.0), s_${b}, fma(x${b}, scale${b}, shift${b}) > vec4f(a.floor));
      let kept${b} = s_${b} * f32(ok);
      beta${b} += kept${b};
      gamma${b} = fma(kept${b}, (x${b} - mean${b}) * invStd${b}, gamma${b});`;
  };
  return eachPixel(
    shape,
    { written: writtenOf(shape), own: ["live", "image", "at", "py"] },
    (p) => `
      let px = ${together(shape) ? `at * a.stride + ${p}` : `(at + ${p}) * a.stride + classX`};
      let ok = live & (py < a.height) & (px < a.width);
      let row = select(0u, (image * a.height + py) * a.width + px, ok) * a.units;
      let otherRow = a.otherAt + row;
${each(blocks, sum)}
      if (ok) {
${each(blocks, (b) => `        dx[a.dxAt + row + ${unitOf(shape, b)}] = s_${b};`)}
      }`,
  );
}

/**
 * Gradient of the input: a gather, too, over the pixels of dx. Pixels of a class share their taps: those that a stride
 * brings to them, every stride-th. Perhaps led through the norm before the convolution (its activation alone, that is),
 * with that norm's two sums per quad. Tiles, traffic and limits: quad.ts.
 */
export function quadInputGrad(shape: QuadShape, then: QuadThen): Kernel<typeof args> {
  const { pixels, blocks, window } = shape;
  const both = together(shape);
  const written = writtenOf(shape);
  return defineKernel({
    name: `conv2dInputGrad ${quadName(shape)} ${then}`,
    args,
    bindings: [
      read("dy", "vec4f"),
      read("filters", "vec4f"),
      read("vectors", "vec4f", ["xScale", "xShift", "xMean", "xInvStd"]),
      read("other", "vec4f"),
      write("dx", "vec4f"),
      write("sums", "vec4f"),
    ],
    workgroup: 4,
    subgroups: true,
    body: argumentsFirst(`${quadPlace(shape)}
  let class_ = quad / a.classQuads;
  let inClass = quad - class_ * a.classQuads;
  let classY = ${both ? "class_" : "class_ / a.stride"};
  let classX = ${both ? "0u" : "class_ - classY * a.stride"};
  let lastY = (classY + a.padding) / a.stride;
  let lastX = (classX + a.padding) / a.stride;
  let firstKy = (classY + a.padding) - lastY * a.stride;
  let firstKx = (classX + a.padding) - lastX * a.stride;
  let tapsDown = (max(a.kernel, firstKy) - firstKy + a.stride - 1u) / a.stride;
  let tapsAcross = (max(a.kernel, firstKx) - firstKx + a.stride - 1u) / a.stride;
${quadLocals("1u")}
${
  then === "norm"
    ? `${each(blocks, (b) => `  var beta${b} = vec4f(0.0);\n  var gamma${b} = vec4f(0.0);`)}
${vectorsOf(shape, "scale", "vectors[a.xScaleAt + unit")}
${vectorsOf(shape, "shift", "vectors[a.xShiftAt + unit")}
${vectorsOf(shape, "mean", "vectors[a.xMeanAt + unit")}
${vectorsOf(shape, "invStd", "vectors[a.xInvStdAt + unit")}`
    : ""
}
  // Rows of the filters are the channels written, units of a row the filters read.
  let filterRow = (unit - (unit / a.own) * a.own) * 4u${shape.turned ? "" : " + lane"};
  for (var t = 0u; t < a.span; t++) {
${segments("inClass", shape)}
${eachSegment(
  shape,
  (g) => `
    let image_${g} = line_${g} / a.classHeight;
    let down_${g} = line_${g} - image_${g} * a.classHeight;
    let py_${g} = down_${g} * a.stride + classY;`,
)}
${each(shape.segments * written, (p) => each(blocks, (b) => `    var s${p}_${b} = vec4f(0.0);`))}
${tapProducts({
  shape,
  written,
  line: (g) => `
      let iy_${g} = down_${g} + lastY - i;
      let rowOk_${g} = live_${g} & (iy_${g} < a.readHeight);
      let row_${g} = a.dyAt + first + (image_${g} * a.readHeight + iy_${g}) * readWidth * a.readUnits;`,
  firstColumn: (g) => {
    if (both) return `at_${g}`;
    return window > 0 ? `at_${g} + lastX - ${window - 1}u` : `at_${g} + lastX - j`;
  },
  step: "1u",
  columns: both ? pixels + 1 : pixels + window - 1,
  columnOf: (p, j) => {
    if (!both) return p + window - 1 - j;
    const reached = p % 2 === 0 ? 1 : 2;
    if (j === reached) return p >> 1;
    return p % 2 === 1 && j === 0 ? (p >> 1) + 1 : undefined;
  },
  filterAt: (j) =>
    `a.filtersAt + first + c + (${tapAt(shape, j)} * a.filterRows + filterRow) * a.filterUnits`,
  ownFilterAt: (j) =>
    `a.filtersAt + first + c + (${tapAt(shape, j)} * a.filterRows + filterRow) * a.filterUnits`,
  product: (matrix, value) => `${value} * ${matrix}`,
  nextBlock: "4u * a.filterUnits",
  before: "",
  value: (from) => `dy[${from}]`,
  passes: (_, onMap) => onMap,
  shared: "columns",
})}
${finish(shape, then)}
  }
${
  then === "norm"
    ? `${summed(shape, ["beta", "gamma"])}
${writeQuadSums(shape, "beta", "gamma")}`
    : ""
}`),
  });
}
