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
import { turnedInto } from "./turns.ts";

const args = {
  ...quadArgs,
  /** The written map. */
  height: "u32",
  width: "u32",
  /** Its pixels; those of a quad's segments, whole lines. */
  rows: "u32",
  tileRows: "u32",
  floor: "f32",
  biased: "u32",
  statistics: "u32",
} as const;

/**
 * y = x ∗ filters + bias, x perhaps normed; per quad the mean and the sum of squared deviations of y. Tiles, traffic and
 * limits: quad.ts.
 */
export function quadForward(shape: QuadShape, normed: boolean): Kernel<typeof args> {
  const { pixels, blocks, window, stride } = shape;
  const step = shape.window > 0 ? "1u" : "a.stride";
  return defineKernel({
    name: `conv2d ${quadName(shape)}${normed ? " normed" : ""}`,
    args,
    bindings: [
      read("x", "vec4f"),
      read("filters", "vec4f"),
      read("vectors", "vec4f", ["xScale", "xShift"]),
      read("bias", "vec4f"),
      write("y", "vec4f"),
      write("sums", "vec4f"),
    ],
    workgroup: 4,
    subgroups: true,
    body: argumentsFirst(`${quadPlace(shape)}
${quadLocals(step)}
  let tapsDown = a.kernel;
  let tapsAcross = a.kernel;
${each(
  blocks,
  (b) => `
  var bias${b} = vec4f(0.0);
  var shift${b} = vec4f(0.0);
  var sum${b} = vec4f(0.0);
  var square${b} = vec4f(0.0);`,
)}
  if (a.biased != 0u) {
${vectorsOf(shape, "given", "bias[a.biasAt + unit")}
${each(blocks, (b) => `    bias${b} = given${b};`)}
  }
  for (var t = 0u; t < a.span; t++) {
${segments("quad", shape)}
${eachSegment(
  shape,
  (g) => `
    let image_${g} = line_${g} / a.height;
    let top_${g} = (line_${g} - image_${g} * a.height) * a.stride - a.padding;
    let left_${g} = at_${g} * a.stride - a.padding;`,
)}
${each(shape.segments * pixels, (p) => each(blocks, (b) => `    var s${p}_${b} = bias${b};`))}
${tapProducts({
  shape,
  written: pixels,
  line: (g) => `
      let iy_${g} = top_${g} + i;
      let rowOk_${g} = live_${g} & (iy_${g} < a.readHeight);
      let row_${g} = a.xAt + first + (image_${g} * a.readHeight + iy_${g}) * readWidth * a.readUnits;`,
  firstColumn: (g) => (window > 0 ? `left_${g}` : `left_${g} + j`),
  step,
  columns: stride * (pixels - 1) + window,
  columnOf: (p, j) => stride * p + j,
  filterAt: (j) =>
    `a.filtersAt + unit + ((i * a.kernel + ${j}) * a.filterRows + 4u * c + lane) * a.filterUnits`,
  ownFilterAt: (j) => `a.filtersAt + unit + ((i * a.kernel + ${j}) * a.filterRows + 4u * c) * a.filterUnits`,
  product: (matrix, value) => `${matrix} * ${value}`,
  nextBlock: "1u",
  before: normed
    ? `
      let scale = vectors[a.xScaleAt + first + c];
      let shift = vectors[a.xShiftAt + first + c];`
    : "",
  value: (from) => (normed ? `fma(x[${from}], scale, shift)` : `x[${from}]`),
  // Not by max(), for which SwiftShader takes ten operations; a value that is no number stays one.
  passes: (value, onMap) => (normed ? `!(${value} <= vec4f(a.floor)) & vec4<bool>(${onMap})` : onMap),
  shared: "rows",
})}
    if (t == 0u) {
${shape.turned ? `      shift0 = s0_0;\n${turnedInto("shift")}` : each(blocks, (b) => `      shift${b} = quadBroadcast(s0_${b}, 0u);`)}
    }
${eachPixel(
  shape,
  { written: pixels, own: ["live", "line", "at"] },
  (p) => `
      let row0 = a.yAt + (line * a.width + at) * a.units;
      let ok = live & (at + ${p} < a.width);
      if (ok) {
${each(blocks, (b) => `        y[row0 + ${p} * a.units + ${unitOf(shape, b)}] = s_${b};`)}
      }
${each(
  blocks,
  (b) => `      { let d = (s_${b} - shift${b}) * f32(ok);
        sum${b} += d;
        square${b} = fma(d, d, square${b}); }`,
)}`,
)}
  }
  if (a.statistics == 0u) { return; }
  let share = 1.0 / f32(min(a.tileRows, a.rows - quad * a.tileRows));
${summed(shape, ["sum", "square"])}
${each(
  shape.turned ? 1 : blocks,
  (b) => `
  let mean${b} = fma(sum${b}, vec4f(share), shift${b});
  let squares${b} = max(square${b} - sum${b} * (sum${b} * share), vec4f(0.0));`,
)}
${writeQuadSums(shape, "mean", "squares")}`),
  });
}
