import { transformRow } from "../../plan/calls.ts";

/** What records point at: rows of tables, written by lower/ and read by the kernels word by word, and the codes in them. */

export type FieldType = "ptr" | "i32" | "f32";

/** What an image of a batch goes through: a row of floats in the order of plan/calls.ts. */
export const transformLayout = Object.fromEntries(transformRow.map((field) => [field, "f32"])) as Record<
  (typeof transformRow)[number],
  "f32"
>;

/** One pass of a tableConv over its padded copy: a class of output pixels with the filter taps that reach it. */
export const passLayout = {
  /** Pairs of byte offsets per output pixel of a chunk: first tap in the padded copy, place in the output's chunk. */
  table: "ptr",
  /** Per image. */
  pixels: "i32",
  runs: "i32",
  /** Floats. */
  runLength: "i32",
  filters: "ptr",
} as const satisfies Record<string, FieldType>;

/** How a tableConv or its filter gradient multiplies less: the schemes of assembly/winograd-schemes.ts. */
export const winogradLayout = {
  scheme: "i32",
  /** Tiles of an image. */
  tileRows: "i32",
  tileColumns: "i32",
  /** Of the results; of dy in a filter gradient. */
  outHeight: "i32",
  outWidth: "i32",
  /** Of `winogradFilters`; 0 in a filter gradient. */
  filters: "ptr",
  /** Tiles that are multiplied at once. */
  blockTiles: "i32",
  /** Bytes into a thread's scratch, where values and products of a block go. */
  valuesAt: "i32",
} as const satisfies Record<string, FieldType>;
export const winogradSchemes = { winogradEven: 1, winogradHalving: 2 } as const;

/** One pass of a depthwise record: outputs that the same filter taps reach, `rowTaps` × `columnTaps` of them. */
export const depthwisePassLayout = {
  filters: "ptr",
  rowTaps: "i32",
  columnTaps: "i32",
  /** Of the padded copy: where the first tap of the first output is. */
  firstRow: "i32",
  firstColumn: "i32",
  rows: "i32",
  columns: "i32",
  /** Bytes from the image's first output to that of the pass, and from one to the next. */
  out: "i32",
  outRowBytes: "i32",
  outPixelBytes: "i32",
} as const satisfies Record<string, FieldType>;

/** What is read in place of a map x: activation(scale·x + slope·second + shift) per channel; second 0 = none. */
export const viewLayout = {
  second: "ptr",
  scale: "ptr",
  slope: "ptr",
  shift: "ptr",
  activation: "i32",
} as const satisfies Record<string, FieldType>;

/**
 * What is done to results while they are cached. kind 1: slots[s] = mean[C], Σ(y − mean)²[C], as `batchNormStats`.
 * kind 2: results ⊙ activation′(scale·x + shift) in place, and their slots as `batchNormReduceGrad` has them.
 */
export const afterLayout = {
  kind: "i32",
  x: "ptr",
  scale: "ptr",
  shift: "ptr",
  mean: "ptr",
  invStd: "ptr",
  activation: "i32",
  slots: "ptr",
  slotCount: "i32",
  slotBytes: "i32",
} as const satisfies Record<string, FieldType>;
export const afterKinds = { statistics: 1, gradientSums: 2 } as const;

export const activationCodes = { none: 0, relu: 1, silu: 2, sigmoid: 3 } as const;
