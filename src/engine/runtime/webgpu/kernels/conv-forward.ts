import { defineKernel, each, type Kernel, read, write } from "../kernel.ts";
import { stagedDeclarations, stagedProduct } from "./conv-staged.ts";
import {
  type ConvShape,
  commonArgs,
  finishTile,
  firstRead,
  inputLanes,
  liveAnd,
  nameOf,
  outputLanes,
  position,
  workgroupOf,
  writeSums,
} from "./conv-tile.ts";

// Tiles, traffic and limits: conv-tile.ts.

export interface ConvForwardShape extends ConvShape {
  /** x is normed, and rectified, as it is loaded. */
  readonly normed: boolean;
}

const args = {
  ...commonArgs,
  /** Pixels of an image of y; its width. */
  imagePixels: "u32",
  width: "u32",
  floor: "f32",
  biased: "u32",
  statistics: "u32",
} as const;

/** Where the tile's pixels lie in x: at once, or each tap from the address of the tap (0, 0). */
function addresses({ pixels, pointwise }: ConvForwardShape): string {
  if (pointwise) return each(pixels, (p) => `    let from${p} = a.xAt + first + row${p} * a.readUnits;`);
  return each(
    pixels,
    (p) => `
    let image${p} = row${p} / a.imagePixels;
    let place${p} = row${p} - image${p} * a.imagePixels;
    let py${p} = place${p} / a.width;
    let y${p} = py${p} * a.stride - a.padding;
    let x${p} = (place${p} - py${p} * a.width) * a.stride - a.padding;
    let base${p} = (image${p} * a.readHeight + y${p}) * a.readWidth + x${p};`,
  );
}

function loads({ lanes, pixels, pointwise, normed }: ConvForwardShape): string {
  const input = inputLanes(lanes);
  const value = (p: number) => {
    const loaded = `x[from${p} + c]`;
    const made = normed ? `max(fma(${loaded}, scale, shift), ${input}(a.floor))` : loaded;
    return pointwise ? made : `select(${input}(0.0), ${made}, in${p})`;
  };
  return `${
    normed
      ? `
      let scale = vectors[a.xScaleAt + first + c];
      let shift = vectors[a.xShiftAt + first + c];`
      : ""
  }
${each(pixels, (p) => `      let v${p} = ${value(p)};`)}`;
}

function multiplyAdds(shape: ConvForwardShape): string {
  const { lanes, pixels, blocks, normed } = shape;
  if (shape.staged) {
    const loaded = (row: string, unit: string) => `x[a.xAt + ${row} * a.readUnits + ${unit}]`;
    const vector = (name: string, unit: string) => `vectors[a.${name}At + ${unit}]`;
    return stagedProduct({
      direction: "forward",
      value: (row, unit) =>
        normed
          ? `max(fma(${loaded(row, unit)}, ${vector("xScale", unit)}, ${vector("xShift", unit)}), vec4f(a.floor))`
          : loaded(row, unit),
    });
  }
  const output = outputLanes(lanes);
  if (lanes === "depthwise")
    return `
    { let c = 0u;
${loads(shape)}
      let f0 = filters[a.filtersAt + tap * a.filterUnits + unit];
${each(pixels, (p) => `      s${p}_0 = fma(v${p}, f0, s${p}_0);`)}
    }`;
  if (lanes === "vector")
    return `
    var f = a.filtersAt + tap * a.filterRows * a.filterUnits + unit;
    for (var c = 0u; c < a.inner; c++) {
${loads(shape)}
${each(4, (i) =>
  each(
    blocks,
    (b) => `      { let f0 = filters[f + ${i}u * a.filterUnits + ${b}u];
${each(pixels, (p) => `        s${p}_${b} = fma(vec4f(v${p}.${"xyzw"[i]}), f0, s${p}_${b});`)} }`,
  ),
)}
      f += 4u * a.filterUnits;
    }`;
  return `
    var f = a.filtersAt + tap * a.filterRows * a.filterUnits + unit;
    for (var c = 0u; c < a.inner; c++) {
${loads(shape)}
${each(
  blocks,
  (b) => `      { let f0 = filters[f + ${b}u];
${each(pixels, (p) => `        s${p}_${b} = fma(${output}(v${p}), f0, s${p}_${b});`)} }`,
)}
      f += a.filterUnits;
    }`;
}

/**
 * The lane's mean and sum of squared deviations, and in a workgroup the lanes' as one (Chan et al. 1983:
 * M2 = Σ M2ᵢ + nᵢ(meanᵢ − mean)²).
 */
function statistics({ pixels, blocks, join, lanes }: ConvForwardShape): string {
  const output = outputLanes(lanes);
  const own = `
  let count = f32(min(a.span * ${pixels}u, max(a.rows, start) - start));
  let share = 1.0 / max(count, 1.0);
${each(
  blocks,
  (b) => `
  var mean${b} = fma(sum${b}, ${output}(share), shift${b});
  var squares${b} = max(square${b} - sum${b} * (sum${b} * share), ${output}(0.0));`,
)}`;
  if (join === "lanes") return own + writeSums(blocks, "laneRow", "mean", "squares");
  return `${own}
${each(
  blocks,
  (b) => `  mean_[lane * ${blocks}u + ${b}u] = mean${b};
  squares_[lane * ${blocks}u + ${b}u] = squares${b};`,
)}
  workgroupBarrier();
  if (ly > 0u || !live) { return; }
  let lanes = 64u / a.tx;
  let all = f32(min(a.rows - start, lanes * a.span * ${pixels}u));
${each(
  blocks,
  (b) => `
  let from${b} = mean${b};
  for (var l = 1u; l < lanes; l++) {
    let at = start + l * a.span * ${pixels}u;
    let n = f32(min(a.span * ${pixels}u, max(a.rows, at) - at));
    mean${b} += (n / all) * (mean_[(l * a.tx + lx) * ${blocks}u + ${b}u] - from${b});
  }
  squares${b} += count * (from${b} - mean${b}) * (from${b} - mean${b});
  for (var l = 1u; l < lanes; l++) {
    let at = start + l * a.span * ${pixels}u;
    let n = f32(min(a.span * ${pixels}u, max(a.rows, at) - at));
    let d = mean_[(l * a.tx + lx) * ${blocks}u + ${b}u] - mean${b};
    squares${b} += fma(n * d, d, squares_[(l * a.tx + lx) * ${blocks}u + ${b}u]);
  }`,
)}
${writeSums(blocks, "tile", "mean", "squares")}`;
}

/** y = x ∗ filters + bias, x perhaps normed; per tile the mean and the sum of squared deviations of y. */
export function convForward(shape: ConvForwardShape): Kernel<typeof args> {
  const { lanes, pixels, blocks, join, pointwise, normed } = shape;
  const input = inputLanes(lanes);
  const output = outputLanes(lanes);
  const taps = pointwise
    ? ["    let tap = 0u;", ""]
    : [
        `    for (var ky = 0u; ky < a.kernel; ky++) { for (var kx = 0u; kx < a.kernel; kx++) {
${each(
  pixels,
  (p) => `
    let in${p} = (y${p} + ky < a.readHeight) & (x${p} + kx < a.readWidth);
    let from${p} = a.xAt + first + select(0u, (base${p} + ky * a.readWidth + kx) * a.readUnits, in${p});`,
)}
    let tap = ky * a.kernel + kx;`,
        "    } }",
      ];
  return defineKernel({
    name: `conv2d ${nameOf(shape)}${normed ? " normed" : ""}`,
    args,
    bindings: [
      read("x", input),
      read("filters", output),
      read("vectors", input, ["xScale", "xShift"]),
      read("bias", output),
      write("y", output),
      write("sums", output),
    ],
    workgroup: workgroupOf[join],
    declarations:
      (shape.staged ? stagedDeclarations : "") +
      (join === "workgroup"
        ? `
var<workgroup> mean_: array<${output}, ${64 * blocks}>;
var<workgroup> squares_: array<${output}, ${64 * blocks}>;`
        : ""),
    body: `${position(shape)}
  let first = ${firstRead(shape)};
  let start = laneRow * a.span * ${pixels}u;
${each(
  blocks,
  (b) => `
  var bias${b} = ${output}(0.0);
  var shift${b} = ${output}(0.0);
  var sum${b} = ${output}(0.0);
  var square${b} = ${output}(0.0);`,
)}
  if (a.biased != 0u) {
${each(blocks, (b) => `    bias${b} = bias[a.biasAt + unit + ${b}u];`)}
  }
  for (var t = 0u; t < a.span; t++) {
    let at = start + t * ${pixels}u;
${each(
  pixels,
  (p) => `
    let ok${p} = ${liveAnd(shape)}(at + ${p}u < a.rows);
    let row${p} = min(at + ${p}u, a.rows - 1u);`,
)}
${addresses(shape)}
${each(pixels, (p) => each(blocks, (b) => `    var s${p}_${b} = bias${b};`))}
${taps[0]}
${multiplyAdds(shape)}
${taps[1]}
    if (t == 0u) {
${each(blocks, (b) => `      shift${b} = s0_${b};`)}
    }
${finishTile(
  shape,
  `      if (ok) {
${each(blocks, (b) => `        y[a.yAt + row * a.units + unit + ${b}u] = s_${b};`)}
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
${statistics(shape)}`,
  });
}
