import { defineKernel, read, write } from "../kernel.ts";
import { type Join, workgroupOf } from "./conv-tile.ts";
import { subgroupJoined } from "./subgroup-join.ts";
import { argumentsFirst, type Curve, curveText, type Lanes } from "./text.ts";

// rows × channels maps, a unit is a vector of four channels or one channel.
//
// Sums over the rows, per channel, in two stages. "workgroup": first a workgroup of 64 takes tx units × a tile of rows,
// units fastest (whole lines), 64 / tx rows at a time, and joins its row lanes in workgroup memory (2 KB) in fixed order:
// two values a tile and channel. Then one workgroup a 16 channels joins the tiles. "lanes": an invocation takes a unit and
// a tile of rows alone, then one a channel joins the tiles. "subgroups": as "workgroup", but subgroup-join.ts joins the lanes,
// and in the second stage the 16 of a channel lie side by side: no barrier where subgroups have 16 invocations or more, for
// loads of whole lines whose parts other subgroups of the workgroup use. Bandwidth alone: each map is read once.

/** How the lanes' sums are joined. */
export type ColumnJoin = Join | "subgroups";

const workgroupTile = `
  if (group >= a.across * a.tiles) { return; }
  let tile = group / a.across;
  let lx = lane % a.tx;
  let ly = lane / a.tx;
  let step = 64u / a.tx;
  let given = (group % a.across) * a.tx + lx;
  let live = given < a.units;
  let unit = select(0u, given, live);
  let end = min(a.rows, (tile + 1u) * a.tileRows);`;

const tile: Readonly<Record<ColumnJoin, string>> = {
  workgroup: workgroupTile,
  subgroups: workgroupTile,
  lanes: `
  let id = group * ${workgroupOf.lanes}u + lane;
  let tile = id / a.units;
  if (tile >= a.tiles) { return; }
  let unit = id - tile * a.units;
  let live = true;
  let ly = 0u;
  let step = 1u;
  let end = min(a.rows, (tile + 1u) * a.tileRows);`,
};

/** Invocations of a workgroup of the first stage. */
const tileGroup: Readonly<Record<ColumnJoin, number>> = { ...workgroupOf, subgroups: workgroupOf.workgroup };

const tileArgs = {
  rows: "u32",
  units: "u32",
  tx: "u32",
  across: "u32",
  tiles: "u32",
  tileRows: "u32",
} as const;

const shared = (lanes: Lanes, join: ColumnJoin) =>
  join === "lanes"
    ? ""
    : `
var<workgroup> one_: array<${lanes}, 64>;
var<workgroup> two_: array<${lanes}, 64>;`;

/** Joins the row lanes' `one` and `two`; the lanes of the first row hold the sums. */
const joined: Readonly<Record<ColumnJoin, string>> = {
  lanes: "",
  subgroups: subgroupJoined(
    [
      { value: "one", array: "one_" },
      { value: "two", array: "two_" },
    ],
    { from: "a.tx", to: "64u", everywhere: false },
  ),
  workgroup: `
  one_[lane] = one;
  two_[lane] = two;
  workgroupBarrier();
  if (ly == 0u) {
    for (var l = lx + a.tx; l < 64u; l += a.tx) { one += one_[l]; two += two_[l]; }
  }`,
};

/** Mean and sum of squared deviations of a tile, from sums of deviations from its first row. */
export function columnMoments(lanes: Lanes, join: ColumnJoin) {
  return defineKernel({
    name: `columnMoments ${lanes} ${join}`,
    args: tileArgs,
    bindings: [read("x", lanes), write("sums", lanes)],
    workgroup: tileGroup[join],
    anySubgroups: join === "subgroups",
    declarations: shared(lanes, join),
    body: argumentsFirst(`${tile[join]}
  let shift = x[a.xAt + tile * a.tileRows * a.units + unit];
  var one = ${lanes}(0.0);
  var two = ${lanes}(0.0);
  for (var row = tile * a.tileRows + ly; row < end; row += step) {
    let d = x[a.xAt + row * a.units + unit] - shift;
    one += d;
    two = fma(d, d, two);
  }
${joined[join]}
  if (ly == 0u && live) {
    let count = f32(end - tile * a.tileRows);
    let out = a.sumsAt + 2u * tile * a.units + unit;
    sums[out] = shift + one / count;
    sums[out + a.units] = max(two - one * (one / count), ${lanes}(0.0));
  }`),
  });
}

/** Σ dz and Σ dz·(x − mean)·invStd of a tile, dz = dy ⊙ slope (from the norm, or where a saved output is positive). */
export function normSums(lanes: Lanes, join: ColumnJoin, curve: Curve | "saved", keeps: boolean) {
  const { declarations, through } = curveText(curve === "saved" ? "none" : curve, lanes);
  return defineKernel({
    name: `normSums ${lanes} ${join} ${curve}${keeps ? " keeps" : ""}`,
    args: tileArgs,
    bindings: [
      read("dy", lanes),
      read("x", lanes),
      read("saved", lanes),
      read("vectors", lanes, ["mean", "invStd", "scale", "shift"]),
      write("dz", lanes),
      write("sums", lanes),
    ],
    workgroup: tileGroup[join],
    anySubgroups: join === "subgroups",
    declarations: declarations + shared(lanes, join),
    body: argumentsFirst(`${tile[join]}
  let mean = vectors[a.meanAt + unit];
  let invStd = vectors[a.invStdAt + unit];
  let scale = vectors[a.scaleAt + unit];
  let shift = vectors[a.shiftAt + unit];
  var one = ${lanes}(0.0);
  var two = ${lanes}(0.0);
  for (var row = tile * a.tileRows + ly; row < end; row += step) {
    let i = row * a.units + unit;
    let value = x[a.xAt + i];
    let given = dy[a.dyAt + i];
    let d = ${
      curve === "saved"
        ? `select(${lanes}(0.0), given, saved[a.savedAt + i] > ${lanes}(0.0))`
        : through("given", "fma(value, scale, shift)")
    };
${keeps ? "    if (live) { dz[a.dzAt + i] = d; }" : ""}
    one += d;
    two = fma(d, (value - mean) * invStd, two);
  }
${joined[join]}
  if (ly == 0u && live) {
    let out = a.sumsAt + 2u * tile * a.units + unit;
    sums[out] = one;
    sums[out + a.units] = two;
  }`),
  });
}

/** Σ dy and Σ dy·x of a tile. */
export function affineSums(lanes: Lanes, join: ColumnJoin) {
  return defineKernel({
    name: `affineSums ${lanes} ${join}`,
    args: tileArgs,
    bindings: [read("dy", lanes), read("x", lanes), write("sums", lanes)],
    workgroup: tileGroup[join],
    anySubgroups: join === "subgroups",
    declarations: shared(lanes, join),
    body: argumentsFirst(`${tile[join]}
  var one = ${lanes}(0.0);
  var two = ${lanes}(0.0);
  for (var row = tile * a.tileRows + ly; row < end; row += step) {
    let d = dy[a.dyAt + row * a.units + unit];
    one += d;
    two = fma(d, x[a.xAt + row * a.units + unit], two);
  }
${joined[join]}
  if (ly == 0u && live) {
    let out = a.sumsAt + 2u * tile * a.units + unit;
    sums[out] = one;
    sums[out + a.units] = two;
  }`),
  });
}

const perChannelEnd = `
  let given = group * 16u + lx;
  let live = given < a.channels;
  let c = select(0u, given, live);
  let step = 16u;`;

const perChannel: Readonly<Record<ColumnJoin, string>> = {
  lanes: `
  let c = group * ${workgroupOf.lanes}u + lane;
  if (c >= a.channels) { return; }
  let live = true;
  let ly = 0u;
  let step = 1u;`,
  subgroups: `
  let lx = lane / 16u;
  let ly = lane % 16u;
${perChannelEnd}`,
  workgroup: `
  let lx = lane % 16u;
  let ly = lane / 16u;
${perChannelEnd}`,
};

/** Invocations that join 16 channels. */
const finishingGroup: Readonly<Record<ColumnJoin, number>> = {
  workgroup: 256,
  subgroups: 256,
  lanes: workgroupOf.lanes,
};
const part = "var<workgroup> part_: array<f32, 256>;";
const parts: Readonly<Record<ColumnJoin, string>> = {
  workgroup: part,
  subgroups: part,
  lanes: "",
};

/** The sum of the 16 lanes of a channel, in all of them. */
function total(join: ColumnJoin, name: string): string {
  if (join === "lanes") return "";
  if (join === "subgroups")
    return subgroupJoined([{ value: name, array: "part_" }], { from: "1u", to: "16u", everywhere: true });
  return `
  part_[lane] = ${name};
  workgroupBarrier();
  ${name} = 0.0;
  for (var l = lx; l < 256u; l += 16u) { ${name} += part_[l]; }
  workgroupBarrier();`;
}

/**
 * Tiles' means and squared deviations as one (Chan et al. 1983: M2 = Σ M2ᵢ + nᵢ(meanᵢ − mean)²), and what batch norm makes
 * of them. Means are summed as deviations from the first tile's.
 */
export const finishMoments = (join: ColumnJoin) =>
  defineKernel({
    name: `finishMoments ${join}`,
    args: { channels: "u32", rows: "u32", tiles: "u32", tileRows: "u32", epsilon: "f32", momentum: "f32" },
    bindings: [
      read("sums", "f32"),
      read("trained", "f32", ["gamma", "beta"]),
      write("vectors", "f32", ["mean", "invStd", "scale", "shift", "runningMean", "runningVar"]),
    ],
    workgroup: finishingGroup[join],
    anySubgroups: join === "subgroups",
    declarations: parts[join],
    body: argumentsFirst(`${perChannel[join]}
  let rows = f32(a.rows);
  let first = sums[a.sumsAt + c];
  var mean = 0.0;
  for (var t = ly; t < a.tiles; t += step) {
    let count = f32(min(a.tileRows, a.rows - t * a.tileRows));
    mean = fma(count, sums[a.sumsAt + 2u * t * a.channels + c] - first, mean);
  }
${total(join, "mean")}
  mean = first + mean / rows;
  var squares = 0.0;
  for (var t = ly; t < a.tiles; t += step) {
    let count = f32(min(a.tileRows, a.rows - t * a.tileRows));
    let at = a.sumsAt + 2u * t * a.channels + c;
    let d = sums[at] - mean;
    squares += fma(count * d, d, sums[at + a.channels]);
  }
${total(join, "squares")}
  if (ly == 0u && live) {
    let invStd = 1.0 / sqrt(squares / rows + a.epsilon);
    let scale = trained[a.gammaAt + c] * invStd;
    vectors[a.meanAt + c] = mean;
    vectors[a.invStdAt + c] = invStd;
    vectors[a.scaleAt + c] = scale;
    vectors[a.shiftAt + c] = trained[a.betaAt + c] - mean * scale;
    let keep = 1.0 - a.momentum;
    vectors[a.runningMeanAt + c] = keep * vectors[a.runningMeanAt + c] + a.momentum * mean;
    vectors[a.runningVarAt + c] = keep * vectors[a.runningVarAt + c] + a.momentum * (squares / max(1.0, rows - 1.0));
  }`),
  });

/** The tiles' two sums as one each. */
export const finishSums = (join: ColumnJoin) =>
  defineKernel({
    name: `finishSums ${join}`,
    args: { channels: "u32", tiles: "u32" },
    bindings: [read("sums", "f32"), write("out", "f32", ["first", "second"])],
    workgroup: finishingGroup[join],
    anySubgroups: join === "subgroups",
    declarations: parts[join],
    body: argumentsFirst(`${perChannel[join]}
  var one = 0.0;
  var two = 0.0;
  for (var t = ly; t < a.tiles; t += step) {
    let at = a.sumsAt + 2u * t * a.channels + c;
    one += sums[at];
    two += sums[at + a.channels];
  }
${total(join, "one")}
${total(join, "two")}
  if (ly == 0u && live) {
    out[a.firstAt + c] = one;
    out[a.secondAt + c] = two;
  }`),
  });

/** Σ over the rows in one stage: gradients of biases, whose maps are small. A workgroup takes 16 channels. */
export const columnSum = (join: ColumnJoin) =>
  defineKernel({
    name: `columnSum ${join}`,
    args: { rows: "u32", channels: "u32" },
    bindings: [read("x", "f32"), write("out", "f32")],
    workgroup: finishingGroup[join],
    anySubgroups: join === "subgroups",
    declarations: parts[join],
    body: argumentsFirst(`${perChannel[join]}
  var sum = 0.0;
  for (var row = ly; row < a.rows; row += step) { sum += x[a.xAt + row * a.channels + c]; }
${total(join, "sum")}
  if (ly == 0u && live) { out[a.outAt + c] = sum; }`),
  });

/** Evaluation: scale and shift from the running statistics; one invocation a channel. */
export const foldNorm = defineKernel({
  name: "foldNorm",
  args: { channels: "u32", epsilon: "f32" },
  bindings: [
    read("trained", "f32", ["gamma", "beta"]),
    read("running", "f32", ["runningMean", "runningVar"]),
    write("vectors", "f32", ["scale", "shift"]),
  ],
  workgroup: 64,
  body: `
  let c = group * 64u + lane;
  if (c >= a.channels) { return; }
  let scale = trained[a.gammaAt + c] / sqrt(running[a.runningVarAt + c] + a.epsilon);
  vectors[a.scaleAt + c] = scale;
  vectors[a.shiftAt + c] = trained[a.betaAt + c] - running[a.runningMeanAt + c] * scale;`,
});
