import { defineKernel, each, type KernelBinding, read, write } from "../kernel.ts";
import type { Lanes } from "./text.ts";

// N images, H×W pixels, C channels, K filters, groups of `inner` read and `own` written channels, k×k taps.
//
// One invocation makes P pixels × B vectors of four channels (or P pixels × 1 channel) and holds them in registers; one
// workgroup of 64 makes tx vectors × (64 / tx)·P pixels, channels fastest: the lanes of a pixel read the same inputs (one
// broadcast) and neighbouring filters (one line), and write whole lines. No workgroup memory but for the sums of the
// epilogue: every tile is read from the caches.
// With P = 4, B = 1: 4 + 4 vector loads for 64 multiply-adds, 0.5 a byte of cache traffic; P = B·4 = 8: 16 for 256, 1 a
// byte. Of memory a map is read once per tx·4·B channels. Limits on a real GPU: the L1 cache for 1×1 with many channels,
// bandwidth for few; loops over taps and channels are uniform, only the test for the map's border differs per lane.

export type ConvLanes =
  /** Four channels read, four written at a time. */
  | "vector"
  /** One read, four written: few channels, as in a stem. */
  | "wide"
  /** One read, one written: any width of groups. */
  | "scalar"
  /** Four channels at a time, each a group of its own. */
  | "depthwise";

export interface ConvShape {
  readonly lanes: ConvLanes;
  /** Pixels of an invocation. */
  readonly pixels: number;
  /** Vectors (or channels) of an invocation. */
  readonly blocks: number;
}

/** Arguments of both directions. "read" is x forwards and dy backwards, "written" y or dx; units are vectors or channels. */
const commonArgs = {
  /** Pixels of the written map, and of one of its images; its width. */
  rows: "u32",
  imagePixels: "u32",
  width: "u32",
  /** The read map. */
  readHeight: "u32",
  readWidth: "u32",
  /** Units of a pixel of the read map and of the written one. */
  readUnits: "u32",
  units: "u32",
  /** Units of a group: read and written. */
  inner: "u32",
  own: "u32",
  /** Channels (not units) that a group of the filters' rows has, and units of such a row. */
  filterRows: "u32",
  filterUnits: "u32",
  kernel: "u32",
  stride: "u32",
  padding: "u32",
  /** Units that a workgroup is wide; workgroups along the units and along the pixels. */
  tx: "u32",
  across: "u32",
  tiles: "u32",
} as const;

const inputLanes = (lanes: ConvLanes): Lanes =>
  lanes === "vector" || lanes === "depthwise" ? "vec4f" : "f32";
const outputLanes = (lanes: ConvLanes): Lanes => (lanes === "scalar" ? "f32" : "vec4f");

/** Which units and pixels an invocation makes. */
const position = (pixels: number, blocks: number) => `
  if (group >= a.across * a.tiles) { return; }
  let tile = group / a.across;
  let lx = lane % a.tx;
  let ly = lane / a.tx;
  let unit = ((group % a.across) * a.tx + lx) * ${blocks}u;
  let live = unit < a.units;
  let own = select(0u, unit, live);
  let start = (tile * (64u / a.tx) + ly) * ${pixels}u;
${each(
  pixels,
  (p) => `
  let ok${p} = live && start + ${p}u < a.rows;
  let row${p} = min(start + ${p}u, a.rows - 1u);
  let image${p} = row${p} / a.imagePixels;
  let place${p} = row${p} - image${p} * a.imagePixels;
  let py${p} = place${p} / a.width;
  let px${p} = place${p} - py${p} * a.width;`,
)}`;

/**
 * Forwards. A tile's statistics are its mean and its sum of squared deviations per channel, from sums of deviations from
 * the tile's first pixel: no cancellation where the mean is large.
 */
export function convForward({ lanes, pixels, blocks }: ConvShape) {
  const input = inputLanes(lanes);
  const output = outputLanes(lanes);
  const taps = `
  for (var ky = 0u; ky < a.kernel; ky++) { for (var kx = 0u; kx < a.kernel; kx++) {
${each(
  pixels,
  (p) => `
    let iy${p} = py${p} * a.stride + ky - a.padding;
    let ix${p} = px${p} * a.stride + kx - a.padding;
    let in${p} = ok${p} && iy${p} < a.readHeight && ix${p} < a.readWidth;
    let from${p} = a.xAt + first + select(0u, ((image${p} * a.readHeight + iy${p}) * a.readWidth + ix${p}) * a.readUnits, in${p});`,
)}
    let tap = ky * a.kernel + kx;`;
  const load = `
${each(pixels, (p) => `      var v${p} = x[from${p} + c];`)}
      if (a.normed != 0u) {
        let scale = vectors[a.xScaleAt + first + c];
        let shift = vectors[a.xShiftAt + first + c];
${each(pixels, (p) => `        v${p} = max(fma(v${p}, scale, shift), ${input}(a.floor));`)}
      }
${each(pixels, (p) => `      v${p} = select(${input}(0.0), v${p}, in${p});`)}`;
  const f = (i: number, b: number) => `filters[f + ${i}u * a.filterUnits + ${b}u]`;
  const vector = `
    var f = a.filtersAt + tap * a.filterRows * a.filterUnits + own;
    for (var c = 0u; c < a.inner; c++) {
${load}
${each(blocks, (b) => `      let f0_${b} = ${f(0, b)}; let f1_${b} = ${f(1, b)}; let f2_${b} = ${f(2, b)}; let f3_${b} = ${f(3, b)};`)}
${each(pixels, (p) => each(blocks, (b) => `      s${p}_${b} = fma(vec4f(v${p}.x), f0_${b}, s${p}_${b}); s${p}_${b} = fma(vec4f(v${p}.y), f1_${b}, s${p}_${b}); s${p}_${b} = fma(vec4f(v${p}.z), f2_${b}, s${p}_${b}); s${p}_${b} = fma(vec4f(v${p}.w), f3_${b}, s${p}_${b});`))}
      f += 4u * a.filterUnits;
    }`;
  const scalar = `
    var f = a.filtersAt + tap * a.filterRows * a.filterUnits + own;
    for (var c = 0u; c < a.inner; c++) {
${load}
      let f0 = filters[f];
${each(pixels, (p) => `      s${p}_0 = fma(${output}(v${p}), f0, s${p}_0);`)}
      f += a.filterUnits;
    }`;
  const depthwise = `
    { let c = 0u;
${load}
      let f0 = filters[a.filtersAt + tap * a.filterUnits + own];
${each(pixels, (p) => `      s${p}_0 = fma(v${p}, f0, s${p}_0);`)}
    }`;
  return defineKernel({
    name: `conv2d ${lanes} ${pixels}×${blocks}`,
    args: { ...commonArgs, normed: "u32", floor: "f32", biased: "u32", statistics: "u32" },
    bindings: [
      read("x", input),
      read("filters", output),
      read("vectors", input, ["xScale", "xShift"]),
      read("bias", output),
      write("y", output),
      write("sums", output),
    ],
    workgroup: 64,
    declarations: `
var<workgroup> first_: array<${output}, ${64 * blocks}>;
var<workgroup> sum_: array<${output}, ${64 * blocks}>;
var<workgroup> square_: array<${output}, ${64 * blocks}>;`,
    body: `${position(pixels, blocks)}
  let first = ${lanes === "depthwise" ? "own" : "(own / a.own) * a.inner"};
${each(pixels, (p) => each(blocks, (b) => `  var s${p}_${b} = ${output}(0.0);`))}
${taps}
${lanes === "vector" ? vector : lanes === "depthwise" ? depthwise : scalar}
  } }
  if (a.biased != 0u) {
${each(blocks, (b) => `    let bias${b} = bias[a.biasAt + own + ${b}u];`)}
${each(pixels, (p) => each(blocks, (b) => `    s${p}_${b} += bias${b};`))}
  }
${each(
  pixels,
  (p) => `  if (ok${p}) {
${each(blocks, (b) => `    y[a.yAt + row${p} * a.units + unit + ${b}u] = s${p}_${b};`)}
  }`,
)}
  if (a.statistics == 0u) { return; }
  if (ly == 0u) {
${each(blocks, (b) => `    first_[lx * ${blocks}u + ${b}u] = s0_${b};`)}
  }
  workgroupBarrier();
${each(
  blocks,
  (b) => `  {
    let shift = first_[lx * ${blocks}u + ${b}u];
    var sum = ${output}(0.0);
    var square = ${output}(0.0);
${each(pixels, (p) => `    if (ok${p}) { let d = s${p}_${b} - shift; sum += d; square = fma(d, d, square); }`)}
    sum_[lane * ${blocks}u + ${b}u] = sum;
    square_[lane * ${blocks}u + ${b}u] = square;
  }`,
)}
  workgroupBarrier();
  if (ly == 0u && live) {
    let count = f32(min(a.rows - start, (64u / a.tx) * ${pixels}u));
${each(
  blocks,
  (b) => `    {
      var sum = ${output}(0.0);
      var square = ${output}(0.0);
      for (var l = lx; l < 64u; l += a.tx) {
        sum += sum_[l * ${blocks}u + ${b}u];
        square += square_[l * ${blocks}u + ${b}u];
      }
      let out = a.sumsAt + 2u * tile * a.units + unit + ${b}u;
      sums[out] = first_[lx * ${blocks}u + ${b}u] + sum / count;
      sums[out + a.units] = max(square - sum * (sum / count), ${output}(0.0));
    }`,
)}
  }`,
  });
}

/**
 * Gradient of the input: a gather, too, over the pixels of dx; of a strided convolution only the taps that reach a pixel.
 * Where the norm behind the convolution is taken in, two maps are read for each value of dy. With `before`, the slope of
 * the norm before the convolution, and that norm's two sums per tile.
 */
export function convInputGrad({ lanes, pixels, blocks }: ConvShape) {
  const lane = lanes === "scalar" ? "f32" : "vec4f";
  const anyIn = Array.from({ length: pixels }, (_, p) => `in${p}`).join(" || ");
  const taps = `
  for (var ky = 0u; ky < a.kernel; ky++) { for (var kx = 0u; kx < a.kernel; kx++) {
${each(
  pixels,
  (p) => `
    let ty${p} = py${p} + a.padding - ky;
    let tx${p} = px${p} + a.padding - kx;
    let oy${p} = ty${p} / a.stride;
    let ox${p} = tx${p} / a.stride;
    let in${p} = ok${p} && oy${p} < a.readHeight && ox${p} < a.readWidth && oy${p} * a.stride == ty${p} && ox${p} * a.stride == tx${p};
    let from${p} = first + select(0u, ((image${p} * a.readHeight + oy${p}) * a.readWidth + ox${p}) * a.readUnits, in${p});`,
)}
    let tap = ky * a.kernel + kx;
    if (${anyIn}) {`;
  const load = `
${each(pixels, (p) => `      var v${p} = dy[a.dyAt + from${p} + c];`)}
      if (a.source != 0u) {
        let scale = vectors[a.yScaleAt + first + c];
        let mean = vectors[a.yMeanAt + first + c];
        let slant = vectors[a.yInvStdAt + first + c] * (totals[a.yDGammaAt + first + c] * a.perRow);
        let level = totals[a.yDBetaAt + first + c] * a.perRow;
${each(pixels, (p) => `        v${p} = scale * (v${p} - level - (y[a.yAt + from${p} + c] - mean) * slant);`)}
      }
${each(pixels, (p) => `      v${p} = select(${lane}(0.0), v${p}, in${p});`)}`;
  const body = {
    vector: `
      // Rows of the filters are the channels written, units of a row the filters read.
      var f = a.filtersAt + (tap * a.filterRows + (own % a.own) * 4u) * a.filterUnits + first;
      for (var c = 0u; c < a.inner; c++) {
${load}
${each(blocks, (b) => each(4, (i) => `        let f${i}_${b} = filters[f + ${4 * b + i}u * a.filterUnits];`))}
${each(pixels, (p) => each(blocks, (b) => `        s${p}_${b} += vec4f(dot(v${p}, f0_${b}), dot(v${p}, f1_${b}), dot(v${p}, f2_${b}), dot(v${p}, f3_${b}));`))}
        f++;
      }`,
    scalar: `
      var f = a.filtersAt + (tap * a.filterRows + own % a.own) * a.filterUnits + first;
      for (var c = 0u; c < a.inner; c++) {
${load}
        let f0 = filters[f];
${each(pixels, (p) => `        s${p}_0 = fma(v${p}, f0, s${p}_0);`)}
        f++;
      }`,
    depthwise: `
      { let c = 0u;
${load}
        let f0 = filters[a.filtersAt + tap * a.filterUnits + own];
${each(pixels, (p) => `        s${p}_0 = fma(v${p}, f0, s${p}_0);`)}
      }`,
  };
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
  return defineKernel({
    name: `conv2dInputGrad ${lanes} ${pixels}×${blocks}`,
    args: {
      ...commonArgs,
      source: "u32",
      /** 1 / rows of dy. */
      perRow: "f32",
      added: "u32",
      before: "u32",
      rectified: "u32",
    },
    bindings,
    workgroup: 64,
    declarations: `
var<workgroup> beta_: array<${lane}, ${64 * blocks}>;
var<workgroup> gamma_: array<${lane}, ${64 * blocks}>;`,
    body: `${position(pixels, blocks)}
  let first = ${lanes === "depthwise" ? "own" : "(own / a.own) * a.inner"};
${each(pixels, (p) => each(blocks, (b) => `  var s${p}_${b} = ${lane}(0.0);`))}
${taps}
${body[lanes === "wide" ? "scalar" : lanes]}
    }
  } }
${each(
  blocks,
  (b) => `
  var beta${b} = ${lane}(0.0);
  var gamma${b} = ${lane}(0.0);`,
)}
  if (a.before != 0u) {
${each(
  blocks,
  (b) => `
    let scale${b} = vectors[a.xScaleAt + own + ${b}u];
    let shift${b} = vectors[a.xShiftAt + own + ${b}u];
    let mean${b} = vectors[a.xMeanAt + own + ${b}u];
    let invStd${b} = vectors[a.xInvStdAt + own + ${b}u];
${each(
  pixels,
  (p) => `
    {
      let x = other[a.otherAt + row${p} * a.units + own + ${b}u];
      if (a.rectified != 0u) {
        s${p}_${b} = select(${lane}(0.0), s${p}_${b}, fma(x, scale${b}, shift${b}) > ${lane}(0.0));
      }
      if (ok${p}) {
        beta${b} += s${p}_${b};
        gamma${b} = fma(s${p}_${b}, (x - mean${b}) * invStd${b}, gamma${b});
      }
    }`,
)}`,
)}
  } else if (a.added != 0u) {
${each(pixels, (p) => each(blocks, (b) => `    s${p}_${b} += other[a.otherAt + row${p} * a.units + own + ${b}u];`))}
  }
${each(
  pixels,
  (p) => `  if (ok${p}) {
${each(blocks, (b) => `    dx[a.dxAt + row${p} * a.units + unit + ${b}u] = s${p}_${b};`)}
  }`,
)}
  if (a.before == 0u) { return; }
${each(
  blocks,
  (b) => `  beta_[lane * ${blocks}u + ${b}u] = beta${b};
  gamma_[lane * ${blocks}u + ${b}u] = gamma${b};`,
)}
  workgroupBarrier();
  if (ly == 0u && live) {
${each(
  blocks,
  (b) => `    {
      var beta = ${lane}(0.0);
      var gamma = ${lane}(0.0);
      for (var l = lx; l < 64u; l += a.tx) {
        beta += beta_[l * ${blocks}u + ${b}u];
        gamma += gamma_[l * ${blocks}u + ${b}u];
      }
      let out = a.sumsAt + 2u * tile * a.units + unit + ${b}u;
      sums[out] = beta;
      sums[out + a.units] = gamma;
    }`,
)}
  }`,
  });
}
