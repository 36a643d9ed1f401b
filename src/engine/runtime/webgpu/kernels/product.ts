import { defineKernel, each, type Kernel, list, read, write } from "../kernel.ts";
import { argumentsFirst, floored } from "./text.ts";
import { components, eachTurn, joined, turned } from "./turns.ts";

// 1×1 convolutions of one group, forwards and backwards, as products of matrices made by quads: subgroups of four
// invocations, one a workgroup. For adapters that compute on the processor; quad.ts says why.
//
// A quad makes 4·P pixels × 16 channels, `span` times one after the other. Each invocation has P pixels of its own and reads
// them; of the filters it reads those of one vector of four written channels, and the other three come to it in turns
// (turns.ts): the sums of turn r are those of the vector lane ^ r. Per vector read P + 4 vector loads for 64·P multiply-adds
// an invocation: 43 a load for P = 8, where reading all filters for itself (8 × 2) takes 16. Each sum takes the four channels
// read one after the other, so that it passes once through memory for all four.
// With a stride, pixels are those of the smaller map, y or dy: forwards each is read where the stride takes it, backwards
// each is written there, and the pixels up to the next with it.
// On a real GPU it would be bound by registers (16·P sums); kernels of conv-tile.ts run there.

/** Pixels of an invocation. */
export const productPixels = 8;

/** Arguments of both directions. "read" is x forwards and dy backwards, "written" y or dx; units are vectors. */
const productArgs = {
  /** Pixels of y, or dy; units of one that are read, and written. */
  rows: "u32",
  inner: "u32",
  units: "u32",
  /** Units of a row of the filters. */
  filterUnits: "u32",
  /** Quads along the units, in all; tiles of 4·P pixels that a quad makes; its pixels. */
  across: "u32",
  quads: "u32",
  span: "u32",
  tileRows: "u32",
  floor: "f32",
  /** Pixels of one image of y, or dy, and of a line; height and width of the map that the stride goes along. */
  imagePixels: "u32",
  width: "u32",
  stridedHeight: "u32",
  stridedWidth: "u32",
  stride: "u32",
  /** 1 where there is a stride: a loop that runs once or never, since SwiftShader makes both sides of a branch. */
  gaps: "u32",
} as const;

/** Pixel `row` of the map without gaps, as one of the other: `line` and `column` there, `there` its number. */
const strided = (row: string): string => `
      let image = ${row} / a.imagePixels;
      let inImage = ${row} - image * a.imagePixels;
      let down = inImage / a.width;
      let line = down * a.stride;
      let column = (inImage - down * a.width) * a.stride;
      let there = (image * a.stridedHeight + line) * a.stridedWidth + column;`;

/** `unit`, the invocation's own vector (the last one, where there is none), `mine`: whether there is one. */
const place = `
  if (group >= a.across * a.quads) { return; }
  let quad = group / a.across;
  let firstUnit = (group - quad * a.across) * 4u;
  let mine = firstUnit + lane < a.units;
  let unit = min(firstUnit + lane, a.units - 1u);`;

/** `at`, the first of the invocation's pixels. */
const tile = `
    let at = ((quad * a.span + t) * 4u + lane) * ${productPixels}u;`;

interface ProductText {
  /** Declares `from0` …: where the pixels lie that the invocation reads. */
  readonly rows: string;
  /** Where the filters of the first vector read lie; the four vectors of one; from a vector read to the next. */
  readonly filtersFrom: string;
  readonly filterStep: string;
  readonly nextFilters: string;
  /** What vector c needs, and the value loaded at `${from} + c`. */
  readonly before: string;
  readonly value: (from: string) => string;
  /** The component of a filter vector that is multiplied with component i of what is read, for component k written. */
  readonly factor: (turn: number, i: number, k: number) => string;
  readonly initial: (turn: number) => string;
}

/** s${p}_${turn} = Σ over channels. */
function product(text: ProductText): string {
  const { rows, filtersFrom, filterStep, nextFilters, before, value, factor, initial } = text;
  const sum = (p: number, turn: number, k: number) => {
    const terms = components.map((i, n) => `${factor(turn, n, k)} * v${p}.${i}`);
    return `s${p}_${turn}.${components[k]} + ${terms.join(" + ")}`;
  };
  return `
${rows}
${each(productPixels, (p) => eachTurn((turn) => `    var s${p}_${turn} = ${initial(turn)};`))}
    var f = ${filtersFrom};
    for (var c = 0u; c < a.inner; c++) {
${before}
${each(productPixels, (p) => `      let v${p} = ${value(`from${p} + c`)};`)}
${each(4, (i) => `      let f${i}_0 = filters[f + ${i}u * ${filterStep}];`)}
${each(4, (i) => `      ${turned(`f${i}_`)}`)}
${each(productPixels, (p) =>
  eachTurn(
    (turn) =>
      `      s${p}_${turn} = vec4f(${components.map((_, k) => sum(p, turn, k)).join(",\n        ")});`,
  ),
)}
      f += ${nextFilters};
    }`;
}

/** Pixels that lie side by side. */
const plainRows = each(productPixels, (p) => `    let from${p} = min(at + ${p}u, a.rows - 1u) * a.inner;`);

/** Pixels a stride apart, if there is one. */
const gappedRows = `
    var pixels = ${list("u32", productPixels, (p) => `min(at + ${p}u, a.rows - 1u)`)};
    for (var p = 0u; p < ${productPixels}u * a.gaps; p++) {
      let row = min(at + p, a.rows - 1u);
${strided("row")}
      pixels[p] = there;
    }
${each(productPixels, (p) => `    let from${p} = pixels[${p}u] * a.inner;`)}`;

/**
 * The sums as an array, `made[4u * p + turn]`, to end by a loop, for the sake of compiling: 128 stores written out would take
 * as long as all the rest.
 */
const allSums = `
    var made = ${list("vec4f", 4 * productPixels, (i) => `s${i >> 2}_${i % 4}`)};`;

/** Unit of a turn, and whether the map has it. */
const unitOfTurn = (turn: number): string => `firstUnit + (lane ^ ${turn}u)`;
const has = (turn: number): string => `(${unitOfTurn(turn)} < a.units)`;

const forwardArgs = {
  ...productArgs,
  /** 0 where a kernel for normed x reads one that is not: its scale is 1, its shift 0. */
  normed: "u32",
  biased: "u32",
  statistics: "u32",
} as const;

/** A vector of which every invocation has a component: half of what it costs each of them to load all four. */
const told = (own: string): string =>
  `vec4f(${[0, 1, 2, 3].map((lane) => `quadBroadcast(${own}, ${lane}u)`).join(", ")})`;

/** y = x · filters + bias, x perhaps normed; per quad the mean and the sum of squared deviations of y. */
export function productForward(normed: boolean): Kernel<typeof forwardArgs> {
  return defineKernel({
    name: `product ${productPixels}×4${normed ? " normed" : ""}`,
    args: forwardArgs,
    declarations: normed ? floored : "",
    bindings: [
      read("x", "vec4f"),
      read("filters", "vec4f"),
      read("vectors", "f32", ["xScale", "xShift"]),
      read("bias", "vec4f"),
      write("y", "vec4f"),
      write("sums", "vec4f"),
    ],
    workgroup: 4,
    subgroups: true,
    body: argumentsFirst(`${place}
  var bias0 = vec4f(0.0);
  if (a.biased != 0u) { bias0 = bias[a.biasAt + unit]; }
  ${turned("bias")}
  var shift0 = vec4f(0.0);
${eachTurn((turn) => `  var sum${turn} = vec4f(0.0);\n  var square${turn} = vec4f(0.0);`)}
  for (var t = 0u; t < a.span; t++) {
${tile}
${product({
  rows: gappedRows,
  filtersFrom: "a.filtersAt + unit",
  filterStep: "a.filterUnits",
  nextFilters: "4u * a.filterUnits",
  before: normed
    ? `
      let own = (4u * c + lane) * a.normed;
      let ownScale = select(1.0, vectors[a.xScaleAt + own], a.normed != 0u);
      let ownShift = select(0.0, vectors[a.xShiftAt + own], a.normed != 0u);
      let scale = ${told("ownScale")};
      let shift = ${told("ownShift")};`
    : "",
  value: (from) =>
    normed ? `floored(fma(x[a.xAt + ${from}], scale, shift), a.floor)` : `x[a.xAt + ${from}]`,
  factor: (turn, i, k) => `f${i}_${turn}.${components[k]}`,
  initial: (turn) => `bias${turn}`,
})}
    if (a.statistics != 0u) {
      if (t == 0u) { shift0 = s0_0; }
      ${turned("shift")}
${each(
  productPixels,
  (p) => `
      let ok${p} = f32(at + ${p}u < a.rows);
${eachTurn(
  (turn) => `
      { let d = (s${p}_${turn} - shift${turn}) * ok${p};
        sum${turn} += d;
        square${turn} = fma(d, d, square${turn}); }`,
)}`,
)}
    }
${allSums}
    for (var i = 0u; i < ${4 * productPixels}u; i++) {
      let row = at + (i >> 2u);
      let to = firstUnit + (lane ^ (i & 3u));
      if ((row < a.rows) & (to < a.units)) { y[a.yAt + row * a.units + to] = made[i]; }
    }
  }
  if (a.statistics == 0u) { return; }
  let share = 1.0 / f32(min(a.tileRows, a.rows - quad * a.tileRows));
${joined("sum")}
${joined("square")}
  if (mine) {
    let to = a.sumsAt + 2u * quad * a.units + unit;
    sums[to] = fma(sum0, vec4f(share), shift0);
    sums[to + a.units] = max(square0 - sum0 * (sum0 * share), vec4f(0.0));
  }`),
  });
}

/**
 * Each pixel's sums where the stride puts them, and nothing at those up to the next, with what is added. `there`: its place,
 * and how many lines and columns up to the next the map has. One loop over all vectors, as what SwiftShader does for each
 * round of a loop within another costs more than a store.
 */
const spread = `
    var places = array<vec3u, ${productPixels}>(
${Array.from({ length: productPixels }, (_, p) => `      vec3u(at + ${p}u, 1u, 1u)`).join(",\n")});
    for (var p = 0u; p < ${productPixels}u * a.gaps; p++) {
      let row = min(at + p, a.rows - 1u);
${strided("row")}
      places[p] = vec3u(there, a.stridedHeight - line, a.stridedWidth - column);
    }
    for (var dy_ = 0u; dy_ < a.stride; dy_++) {
      for (var dx_ = 0u; dx_ < a.stride; dx_++) {
        let first = (dy_ | dx_) == 0u;
        for (var i = 0u; i < ${4 * productPixels}u; i++) {
          let to = firstUnit + (lane ^ (i & 3u));
          let place_ = places[i >> 2u];
          let live = (at + (i >> 2u) < a.rows) & (to < a.units) & (dy_ < place_.y) & (dx_ < place_.z);
          let target_ = (place_.x + dy_ * a.stridedWidth + dx_) * a.units + to;
          var sum = select(vec4f(0.0), made[i], first);
          for (var once = 0u; once < a.added; once++) {
            sum += other[a.otherAt + select(0u, target_, live)];
          }
          if (live) { dx[a.dxAt + target_] = sum; }
        }
      }
    }`;

const gradArgs = {
  ...productArgs,
  /** 1 where dx is led through a norm, with `stride` 0. */
  normed: "u32",
  added: "u32",
} as const;

/** Each pixel's sums through the norm, a pixel a round, and onto the norm's own. */
const throughNorm = `
    for (var p = 0u; p < ${productPixels}u * a.normed; p++) {
      let row = at + p;
      let ok = row < a.rows;
      let place_ = min(row, a.rows - 1u) * a.units;
${eachTurn(
  (turn) => `
      var s_${turn} = made[4u * p + ${turn}u];
      { let x = other[a.otherAt + place_ + min(${unitOfTurn(turn)}, a.units - 1u)];
        s_${turn} = select(vec4f(0.0), s_${turn}, fma(x, scale${turn}, shift${turn}) > vec4f(a.floor)) * f32(ok);
        beta${turn} += s_${turn};
        gamma${turn} = fma(s_${turn}, (x - mean${turn}) * invStd${turn}, gamma${turn}); }`,
)}
${eachTurn((turn) => `      if (ok & ${has(turn)}) { dx[a.dxAt + place_ + ${unitOfTurn(turn)}] = s_${turn}; }`)}
    }`;

/** A vector of the norm of every turn, the invocation's own first. */
const normVector = (name: string, from: string): string =>
  `  let ${name}0 = vectors[a.${from}At + unit * a.normed]; ${turned(name)}`;

/**
 * dx = dy · filtersᵀ. Perhaps with another gradient added, and zeros, or that one alone, between the pixels that a stride
 * takes; or, by a kernel that can do both, led through the norm before the convolution (its activation alone, that is), with that
 * norm's two sums per quad.
 */
export function productInputGrad(norms: boolean): Kernel<typeof gradArgs> {
  return defineKernel({
    name: `productInputGrad ${productPixels}×4${norms ? " norm" : ""}`,
    args: gradArgs,
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
    body: argumentsFirst(`${place}
${
  norms
    ? `
${normVector("scale", "xScale")}
${normVector("shift", "xShift")}
${normVector("mean", "xMean")}
${normVector("invStd", "xInvStd")}
${eachTurn((turn) => `  var beta${turn} = vec4f(0.0);\n  var gamma${turn} = vec4f(0.0);`)}`
    : ""
}
  for (var t = 0u; t < a.span; t++) {
${tile}
${product({
  rows: plainRows,
  // Rows of the filters are the channels written, units of a row the filters read.
  filtersFrom: "a.filtersAt + unit * 4u * a.filterUnits",
  filterStep: "a.filterUnits",
  nextFilters: "1u",
  before: "",
  value: (from) => `dy[a.dyAt + ${from}]`,
  factor: (turn, i, k) => `f${k}_${turn}.${components[i]}`,
  initial: () => "vec4f(0.0)",
})}
${allSums}
${norms ? throughNorm : ""}
${spread}
  }
${
  norms
    ? `
  if (a.normed == 0u) { return; }
${joined("beta")}
${joined("gamma")}
  if (mine) {
    let to = a.sumsAt + 2u * quad * a.units + unit;
    sums[to] = beta0;
    sums[to + a.units] = gamma0;
  }`
    : ""
}`),
  });
}
