import { defineKernel, each, type Kernel, type KernelBinding, read, write } from "../kernel.ts";
import { stagedDeclarations, stagedProduct } from "./conv-staged.ts";
import {
  type ConvShape,
  commonArgs,
  finishTile,
  firstRead,
  liveAnd,
  nameOf,
  position,
  workgroupOf,
  writeSums,
} from "./conv-tile.ts";

// Tiles, traffic and limits: conv-tile.ts. Where the norm behind the convolution is taken in, two maps are read for dy.

export interface ConvInputGradShape extends ConvShape {
  /** dy is the gradient at the output of a norm, and is led through it as it is loaded. */
  readonly source: boolean;
  /** What becomes of a sum before it is stored: another gradient is added, or it is led through the norm before. */
  readonly then: "store" | "add" | "norm";
}

const args = {
  ...commonArgs,
  /** dx's map. Its pixels come in stride² classes by the remainders of y and x, each with so many pixels (an image's,
   *  a line's, all), edges included that the map does not have, and so many invocations along them. */
  height: "u32",
  width: "u32",
  classPixels: "u32",
  classWidth: "u32",
  classRows: "u32",
  classLanes: "u32",
  /** 1 / rows of dy. */
  perRow: "f32",
  /** What a normed x must be above to let a gradient through. */
  floor: "f32",
} as const;

/** Pixels of a class share their taps: those that a stride brings to them, every stride-th. */
function addresses(shape: ConvInputGradShape): string {
  const { pixels, pointwise } = shape;
  if (pointwise)
    return each(
      pixels,
      (p) => `
    let ok${p} = ${liveAnd(shape)}(at + ${p}u < a.rows);
    let row${p} = min(at + ${p}u, a.rows - 1u);
    let from${p} = first + row${p} * a.readUnits;`,
    );
  return each(
    pixels,
    (p) => `
    let place${p} = min(at + ${p}u, a.classRows - 1u);
    let image${p} = place${p} / a.classPixels;
    let inImage${p} = place${p} - image${p} * a.classPixels;
    let down${p} = inImage${p} / a.classWidth;
    let right${p} = inImage${p} - down${p} * a.classWidth;
    let py${p} = down${p} * a.stride + classY;
    let px${p} = right${p} * a.stride + classX;
    let ok${p} = ${liveAnd(shape)}(at + ${p}u < a.classRows) & (py${p} < a.height) & (px${p} < a.width);
    let row${p} = select(0u, (image${p} * a.height + py${p}) * a.width + px${p}, ok${p});
    let y${p} = down${p} + lastY;
    let x${p} = right${p} + lastX;
    let base${p} = (image${p} * a.readHeight + y${p}) * a.readWidth + x${p};`,
  );
}

function loads({ lanes, pixels, pointwise, source }: ConvInputGradShape): string {
  const lane = lanes === "scalar" ? "f32" : "vec4f";
  const value = (p: number) => {
    const loaded = `dy[a.dyAt + from${p} + c]`;
    const made = source ? `scale * (${loaded} - level - (y[a.yAt + from${p} + c] - mean) * slant)` : loaded;
    return pointwise ? made : `select(${lane}(0.0), ${made}, in${p})`;
  };
  return `${
    source
      ? `
      let scale = vectors[a.yScaleAt + first + c];
      let mean = vectors[a.yMeanAt + first + c];
      let slant = vectors[a.yInvStdAt + first + c] * (totals[a.yDGammaAt + first + c] * a.perRow);
      let level = totals[a.yDBetaAt + first + c] * a.perRow;`
      : ""
  }
${each(pixels, (p) => `      let v${p} = ${value(p)};`)}`;
}

function multiplyAdds(shape: ConvInputGradShape): string {
  const { lanes, pixels, blocks, source } = shape;
  if (shape.staged) {
    const place = (row: string, unit: string) => `${row} * a.readUnits + ${unit}`;
    const vector = (name: string, unit: string) => `vectors[a.${name}At + ${unit}]`;
    const total = (name: string, unit: string) => `(totals[a.${name}At + ${unit}] * a.perRow)`;
    return stagedProduct({
      direction: "backward",
      value: (row, unit) => {
        const dy = `dy[a.dyAt + ${place(row, unit)}]`;
        if (!source) return dy;
        const slant = `${vector("yInvStd", unit)} * ${total("yDGamma", unit)}`;
        const deviation = `(y[a.yAt + ${place(row, unit)}] - ${vector("yMean", unit)})`;
        return `${vector("yScale", unit)} * (${dy} - ${total("yDBeta", unit)} - ${deviation} * (${slant}))`;
      },
    });
  }
  if (lanes === "depthwise")
    return `
    { let c = 0u;
${loads(shape)}
      let f0 = filters[a.filtersAt + tap * a.filterUnits + unit];
${each(pixels, (p) => `      s${p}_0 = fma(v${p}, f0, s${p}_0);`)}
    }`;
  if (lanes === "vector")
    return `
    // Rows of the filters are the channels written, units of a row the filters read.
    var f = a.filtersAt + (tap * a.filterRows + (unit % a.own) * 4u) * a.filterUnits + first;
    for (var c = 0u; c < a.inner; c++) {
${loads(shape)}
${each(
  blocks,
  (b) => `      {
${each(4, (i) => `        let f${i} = filters[f + ${4 * b + i}u * a.filterUnits];`)}
${each(pixels, (p) => `        s${p}_${b} += vec4f(dot(v${p}, f0), dot(v${p}, f1), dot(v${p}, f2), dot(v${p}, f3));`)}
      }`,
)}
      f++;
    }`;
  return `
    var f = a.filtersAt + (tap * a.filterRows + unit % a.own) * a.filterUnits + first;
    for (var c = 0u; c < a.inner; c++) {
${loads(shape)}
${each(
  blocks,
  (b) => `      { let f0 = filters[f + ${b}u * a.filterUnits];
${each(pixels, (p) => `        s${p}_${b} = fma(v${p}, f0, s${p}_${b});`)} }`,
)}
      f++;
    }`;
}

/** The lanes' two sums as one. */
function joined({ blocks, join, lanes }: ConvInputGradShape): string {
  if (join === "lanes") return writeSums(blocks, "laneRow", "beta", "gamma");
  const lane = lanes === "scalar" ? "f32" : "vec4f";
  return `
${each(
  blocks,
  (b) => `  beta_[lane * ${blocks}u + ${b}u] = beta${b};
  gamma_[lane * ${blocks}u + ${b}u] = gamma${b};`,
)}
  workgroupBarrier();
  if (ly > 0u || !live) { return; }
${each(
  blocks,
  (b) => `
  beta${b} = ${lane}(0.0);
  gamma${b} = ${lane}(0.0);
  for (var l = lx; l < 64u; l += a.tx) {
    beta${b} += beta_[l * ${blocks}u + ${b}u];
    gamma${b} += gamma_[l * ${blocks}u + ${b}u];
  }`,
)}
${writeSums(blocks, "tile", "beta", "gamma")}`;
}

/** What becomes of a pixel's sums. */
function finish({ lanes, blocks, then }: ConvInputGradShape): string {
  const lane = lanes === "scalar" ? "f32" : "vec4f";
  const other = (b: number) => `other[a.otherAt + row * a.units + unit + ${b}u]`;
  const sum = (b: number) => {
    if (then === "store") return "";
    if (then === "add") return `      s_${b} += ${other(b)};`;
    return `
      let x${b} = ${other(b)};
      s_${b} = select(${lane}(0.0), s_${b}, fma(x${b}, scale${b}, shift${b}) > ${lane}(a.floor));
      let kept${b} = s_${b} * f32(ok);
      beta${b} += kept${b};
      gamma${b} = fma(kept${b}, (x${b} - mean${b}) * invStd${b}, gamma${b});`;
  };
  return `
${each(blocks, sum)}
      if (ok) {
${each(blocks, (b) => `        dx[a.dxAt + row * a.units + unit + ${b}u] = s_${b};`)}
      }`;
}

/**
 * Gradient of the input: a gather, too, over the pixels of dx. Led through the norm before
 * the convolution (its activation alone, that is), with that norm's two sums per tile.
 */
export function convInputGrad(shape: ConvInputGradShape): Kernel<typeof args> {
  const { lanes, pixels, blocks, join, pointwise, source, then } = shape;
  const lane = lanes === "scalar" ? "f32" : "vec4f";
  const bindings: KernelBinding[] = [
    read("dy", lane),
    read("filters", lane),
    read("y", lane),
    read("vectors", lane, ["xScale", "xShift", "xMean", "xInvStd", "yScale", "yMean", "yInvStd"]),
    read("totals", lane, ["yDGamma", "yDBeta"]),
    // The map before the convolution, or a gradient to add: never both.
    read("other", lane),
    write("dx", lane),
    write("sums", lane),
  ];
  const taps = pointwise
    ? ["    let tap = 0u;", ""]
    : [
        `
    var i = 0u;
    for (var ky = firstKy; ky < a.kernel; ky += a.stride) {
    var j = 0u;
    for (var kx = firstKx; kx < a.kernel; kx += a.stride) {
${each(
  pixels,
  (p) => `
    let in${p} = (y${p} - i < a.readHeight) & (x${p} - j < a.readWidth);
    let from${p} = first + select(0u, (base${p} - i * a.readWidth - j) * a.readUnits, in${p});`,
)}
    let tap = ky * a.kernel + kx;`,
        "    j++; }\n    i++; }",
      ];
  return defineKernel({
    name: `conv2dInputGrad ${nameOf(shape)}${source ? " source" : ""} ${then}`,
    args,
    bindings,
    workgroup: workgroupOf[join],
    declarations:
      (shape.staged ? stagedDeclarations : "") +
      (join === "workgroup" && then === "norm"
        ? `
var<workgroup> beta_: array<${lane}, ${64 * blocks}>;
var<workgroup> gamma_: array<${lane}, ${64 * blocks}>;`
        : ""),
    body: `${position(shape)}
  let first = ${firstRead(shape)};
${
  pointwise
    ? `  let start = laneRow * a.span * ${pixels}u;`
    : `
  let class_ = laneRow / a.classLanes;
  let classY = class_ / a.stride;
  let classX = class_ % a.stride;
  let lastY = (classY + a.padding) / a.stride;
  let lastX = (classX + a.padding) / a.stride;
  let firstKy = (classY + a.padding) % a.stride;
  let firstKx = (classX + a.padding) % a.stride;
  let start = (laneRow - class_ * a.classLanes) * a.span * ${pixels}u;`
}
${
  then === "norm"
    ? each(
        blocks,
        (b) => `
  var beta${b} = ${lane}(0.0);
  var gamma${b} = ${lane}(0.0);
  let scale${b} = vectors[a.xScaleAt + unit + ${b}u];
  let shift${b} = vectors[a.xShiftAt + unit + ${b}u];
  let mean${b} = vectors[a.xMeanAt + unit + ${b}u];
  let invStd${b} = vectors[a.xInvStdAt + unit + ${b}u];`,
      )
    : ""
}
  for (var t = 0u; t < a.span; t++) {
    let at = start + t * ${pixels}u;
${addresses(shape)}
${each(pixels, (p) => each(blocks, (b) => `    var s${p}_${b} = ${lane}(0.0);`))}
${taps[0]}
${multiplyAdds(shape)}
${taps[1]}
${finishTile(shape, finish(shape))}
  }
${then === "norm" ? joined(shape) : ""}`,
  });
}
