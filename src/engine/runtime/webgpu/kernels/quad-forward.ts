import { defineKernel, each, type Kernel, read, write } from "../kernel.ts";
import {
  eachPixel,
  type QuadShape,
  quadArgs,
  quadLocals,
  quadName,
  quadPlace,
  segment,
  summed,
  tapProducts,
  unitOf,
  vectorsOf,
  writeQuadSums,
} from "./quad.ts";
import { argumentsFirst } from "./text.ts";
import { components, turnedInto } from "./turns.ts";

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
  const { pixels, blocks } = shape;
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
${segment("quad", shape)}
    let image = line / a.height;
    let top = (line - image * a.height) * a.stride - a.padding;
    let left = at * a.stride - a.padding;
${each(pixels, (p) => each(blocks, (b) => `    var s${p}_${b} = bias${b};`))}
${tapProducts({
  shape,
  line: `
      let iy = top + i;
      let rowOk = live & (iy < a.readHeight);
      let row = a.xAt + first + (image * a.readHeight + iy) * readWidth * a.readUnits;`,
  firstColumn: shape.window > 0 ? "left" : "left + j",
  step,
  columnOf: (p, j) => p + j,
  filterAt: (j) =>
    `a.filtersAt + unit + ((i * a.kernel + ${j}) * a.filterRows + 4u * c + lane) * a.filterUnits`,
  ownFilterAt: (j) => `a.filtersAt + unit + ((i * a.kernel + ${j}) * a.filterRows + 4u * c) * a.filterUnits`,
  factor: (taps, turn, i, k) => `${taps}${i}_${turn}.${components[k]}`,
  nextBlock: "1u",
  before: normed
    ? `
      let scale = vectors[a.xScaleAt + first + c];
      let shift = vectors[a.xShiftAt + first + c];`
    : "",
  value: (from) => (normed ? `max(fma(x[${from}], scale, shift), vec4f(a.floor))` : `x[${from}]`),
  shared: "rows",
})}
    let row0 = a.yAt + (line * a.width + at) * a.units;
    if (t == 0u) {
${shape.turned ? `      shift0 = s0_0;\n${turnedInto("shift")}` : each(blocks, (b) => `      shift${b} = quadBroadcast(s0_${b}, 0u);`)}
    }
${eachPixel(
  shape,
  (p) => `
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
