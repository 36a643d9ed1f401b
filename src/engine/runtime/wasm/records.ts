import { convolutionRecords } from "./convolution-records.ts";
import { normRecords } from "./norm-records.ts";
import type { FieldType } from "./table-layouts.ts";

/**
 * The alphabet of the WebAssembly module: every kernel's record, declared once.
 *
 * A session is a list of records in linear memory, each `recordWords` words of 32 bits: word 0 is the kernel's number,
 * the others are its fields in this order. `run(records, count, thread, threads, sync)` walks the list; a barrier stands
 * after every record. assembly-records.ts writes assembly/records.ts from this table (records.test.ts compares them;
 * `vitest run records -u` writes it), so that both languages read the same words.
 *
 * Field types: ptr = byte address, i32, f32. Words used throughout:
 * - rows × channels: a map as a matrix. init: what accumulators start from (0 = nothing): a map of the output's layout,
 *   or a bias where `initRowBytes` (GEMM) or `initIsMap` (convolution) is 0.
 * - blockRows: rows that are summed in registers, or multiplied while they are in the first-level cache, in one go.
 * - slots: partial results, `slotCount` of them, `slotBytes` apart. Their number and what each sums over follow from
 *   the shapes alone and they are joined in order, so no result depends on the number of threads.
 * - scratch: `scratchBytes` bytes for each thread.
 * - view (xView, dyView): a `viewLayout`, what is read in place of the map beside it; 0 = the map itself.
 * - after: an `afterLayout`, what is done to a block of results while it is cached; 0 = nothing.
 * The tables that records point at (passes, views, what comes after) have their layouts in table-layouts.ts.
 */
export const recordLayouts = {
  /** Writes `value` to `length` floats. */
  fill: { out: "ptr", length: "i32", value: "f32" },

  /** out = Σ of the slots, in order. */
  joinSlots: { slots: "ptr", slotCount: "i32", slotBytes: "i32", out: "ptr", length: "i32" },

  /** out[n][rows listed in `table`] = x: rows (byte offsets inside an image) of one image after the other. */
  gatherRows: {
    x: "ptr",
    out: "ptr",
    table: "ptr",
    images: "i32",
    pixels: "i32",
    imageBytes: "i32",
    channels: "i32",
  },

  /** The way back: out = addend (or 0) everywhere, plus x on the listed rows. */
  scatterRows: {
    x: "ptr",
    out: "ptr",
    addend: "ptr",
    table: "ptr",
    images: "i32",
    pixels: "i32",
    imageBytes: "i32",
    channels: "i32",
  },

  /** out[columns][rows] = x[rows][columns]. */
  transpose: { x: "ptr", out: "ptr", rows: "i32", columns: "i32" },

  ...convolutionRecords,

  ...normRecords,

  /** y = activation(scale·x + shift (+ residual)); every `imageRows` rows the vectors move on by their step. */
  affine: {
    x: "ptr",
    scale: "ptr",
    shift: "ptr",
    residual: "ptr",
    y: "ptr",
    rows: "i32",
    channels: "i32",
    activation: "i32",
    imageRows: "i32",
    scaleStep: "i32",
    shiftStep: "i32",
  },
  /** y = activation(x (+ residual)): no channels, one flat array. */
  pointwise: { x: "ptr", residual: "ptr", y: "ptr", length: "i32", activation: "i32" },
  activationGrad: { dy: "ptr", saved: "ptr", dx: "ptr", length: "i32", activation: "i32" },

  globalPool: { x: "ptr", y: "ptr", images: "i32", pixels: "i32", channels: "i32" },
  globalPoolGrad: { dy: "ptr", addend: "ptr", dx: "ptr", images: "i32", pixels: "i32", channels: "i32" },
  maxPool: {
    x: "ptr",
    y: "ptr",
    images: "i32",
    height: "i32",
    width: "i32",
    channels: "i32",
    kernel: "i32",
    stride: "i32",
    padding: "i32",
    outHeight: "i32",
    outWidth: "i32",
  },
  maxPoolGrad: {
    x: "ptr",
    dy: "ptr",
    dx: "ptr",
    images: "i32",
    height: "i32",
    width: "i32",
    channels: "i32",
    kernel: "i32",
    stride: "i32",
    padding: "i32",
    outHeight: "i32",
    outWidth: "i32",
  },
  channelScale: { x: "ptr", s: "ptr", y: "ptr", images: "i32", pixels: "i32", channels: "i32" },
  /** y[n] = x[n]·s[n]: one factor for all `length` floats of an image. */
  imageScale: { x: "ptr", s: "ptr", y: "ptr", images: "i32", length: "i32" },
  channelScaleGrad: {
    dy: "ptr",
    x: "ptr",
    s: "ptr",
    dx: "ptr",
    ds: "ptr",
    images: "i32",
    pixels: "i32",
    channels: "i32",
  },

  squeezeExcite: {
    x: "ptr",
    reduce: "ptr",
    reduceBias: "ptr",
    expand: "ptr",
    expandBias: "ptr",
    y: "ptr",
    pooled: "ptr",
    hidden: "ptr",
    s: "ptr",
    images: "i32",
    pixels: "i32",
    channels: "i32",
    squeezed: "i32",
    activation: "i32",
  },
  /** dGate, dHidden and activeHidden: what the gradients of the filters are made of, see assembly/squeeze.ts. */
  squeezeExciteGrad: {
    dy: "ptr",
    x: "ptr",
    reduce: "ptr",
    expand: "ptr",
    hidden: "ptr",
    s: "ptr",
    dx: "ptr",
    dGate: "ptr",
    dHidden: "ptr",
    activeHidden: "ptr",
    images: "i32",
    pixels: "i32",
    channels: "i32",
    squeezed: "i32",
    activation: "i32",
    scratch: "ptr",
    scratchBytes: "i32",
  },

  /** results[n] = loss and 0/1 of image n; dLogits where it is not 0. */
  crossEntropy: {
    logits: "ptr",
    targets: "ptr",
    dLogits: "ptr",
    results: "ptr",
    images: "i32",
    classes: "i32",
  },
  crossEntropyJoin: { results: "ptr", metrics: "ptr", images: "i32" },

  sgd: {
    parameters: "ptr",
    gradients: "ptr",
    velocity: "ptr",
    learningRate: "ptr",
    length: "i32",
    momentum: "f32",
    weightDecay: "f32",
    /** Floats that decay, from the first. */
    decayed: "i32",
    nesterov: "i32",
    /** 0 where there are none. */
    averages: "ptr",
    averageDecay: "f32",
  },

  /** average = decay·average + (1 − decay)·x. */
  average: { x: "ptr", average: "ptr", length: "i32", decay: "f32" },

  /** `count` resident images through their transforms, see assembly/gather.ts; the rest of the batch, and its targets, are 0. */
  gather: {
    bytes: "ptr",
    labels: "ptr",
    /** channels × 256 floats: the normalized value of every byte. */
    values: "ptr",
    sourceHeight: "i32",
    sourceWidth: "i32",
    /** Pixels of the batch's own, an image's after another's, in place of the set's; 0 where there are none. */
    own: "ptr",
    indices: "ptr",
    /** A transformRow of plan/calls.ts for every index. */
    transforms: "ptr",
    count: "i32",
    images: "ptr",
    targets: "ptr",
    batch: "i32",
    height: "i32",
    width: "i32",
    channels: "i32",
    classes: "i32",
    labelSmoothing: "f32",
  },
} as const satisfies Record<string, Record<string, FieldType>>;

export type KernelName = keyof typeof recordLayouts;

export const kernelNames = Object.keys(recordLayouts) as KernelName[];

/** 128 bytes: two cache lines, and room for the longest record. */
export const recordWords = 32;

/** The fields of one kernel's record. */
export type Fields<K extends KernelName> = { readonly [F in keyof (typeof recordLayouts)[K]]: number };

/** Kernel numbers start at 1: a record of zeros is an error, not a kernel. */
export function kernelNumber(kernel: KernelName): number {
  return kernelNames.indexOf(kernel) + 1;
}

/** Where a field stands in its record. */
export function fieldWord<K extends KernelName>(kernel: K, field: keyof Fields<K>): number {
  return 1 + Object.keys(recordLayouts[kernel]).indexOf(field as string);
}
