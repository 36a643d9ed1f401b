import { transformRow } from "../../plan/calls.ts";
import { normRecords } from "./norm-records.ts";

/**
 * The alphabet of the WebAssembly module: every kernel's record, declared once.
 *
 * A session is a list of records in linear memory, each `recordWords` words of 32 bits: word 0 is the kernel's number,
 * the others are its fields in this order. `run(records, count, thread, threads, sync)` walks the list; a barrier stands
 * after every record. assembly/records.ts is written from this table (records.test.ts compares them; `vitest run records -u`
 * writes it), so that both languages read the same words.
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

  /** c[rows][columns] = init + a[rows][depth] · w[depth][columns]. With a view the scratch holds a block of it. */
  gemm: {
    a: "ptr",
    view: "ptr",
    w: "ptr",
    c: "ptr",
    init: "ptr",
    initRowBytes: "i32",
    rows: "i32",
    depth: "i32",
    columns: "i32",
    blockRows: "i32",
    after: "ptr",
    scratch: "ptr",
    scratchBytes: "i32",
  },

  /** slots[s][depth][columns] = Σ over the slot's rows of xᵀ · dy. The scratch holds a block of each view. */
  gemmFilterGrad: {
    x: "ptr",
    xView: "ptr",
    dy: "ptr",
    dyView: "ptr",
    slots: "ptr",
    slotCount: "i32",
    slotBytes: "i32",
    rows: "i32",
    depth: "i32",
    columns: "i32",
    blockRows: "i32",
    /** Depth of one unit of work, and of what a block is multiplied with in one go. */
    unitDepth: "i32",
    strip: "i32",
    scratch: "ptr",
    scratchBytes: "i32",
  },

  /** Filters regrouped for `tableConv`, see assembly/pack.ts. */
  packFilters: {
    filters: "ptr",
    out: "ptr",
    /** 0: lanes are filters (forward); 1: lanes are input channels (input gradient). */
    transposed: "i32",
    kernel: "i32",
    /** Of the layer: input channels and filters of one group, filters of all. */
    groupIn: "i32",
    groupOut: "i32",
    filterCount: "i32",
    /** Groups after merging `merge` narrow ones into one. */
    groups: "i32",
    merge: "i32",
    /** Row a of the result is filter row yFirst + a·yStep; the same for columns. */
    yFirst: "i32",
    yStep: "i32",
    yCount: "i32",
    xFirst: "i32",
    xStep: "i32",
    xCount: "i32",
  },

  /** Any convolution as runs of contiguous floats of a padded copy, see assembly/table-conv.ts. */
  tableConv: {
    src: "ptr",
    view: "ptr",
    dst: "ptr",
    init: "ptr",
    initIsMap: "i32",
    images: "i32",
    imagesPerChunk: "i32",
    height: "i32",
    width: "i32",
    channels: "i32",
    pad: "i32",
    paddedHeight: "i32",
    paddedWidth: "i32",
    groups: "i32",
    groupIn: "i32",
    groupOut: "i32",
    dstImageBytes: "i32",
    dstChannels: "i32",
    after: "ptr",
    /** `passCount` of `passLayout`. */
    passes: "ptr",
    passCount: "i32",
    scratch: "ptr",
    scratchBytes: "i32",
  },

  /** slots[s] = Σ over the slot's images of padded x ⊗ dy, in the packed layout of `packFilters`. */
  tableFilterGrad: {
    src: "ptr",
    xView: "ptr",
    dy: "ptr",
    /** With a view of dy the scratch holds, behind the padded copy, [pixel][lanes of the group], which `table` then means. */
    dyView: "ptr",
    dyChannels: "i32",
    images: "i32",
    imagesPerChunk: "i32",
    height: "i32",
    width: "i32",
    channels: "i32",
    pad: "i32",
    paddedHeight: "i32",
    paddedWidth: "i32",
    groups: "i32",
    groupIn: "i32",
    groupOut: "i32",
    dyImageBytes: "i32",
    table: "ptr",
    pixels: "i32",
    runs: "i32",
    runLength: "i32",
    slots: "ptr",
    slotCount: "i32",
    slotBytes: "i32",
    scratch: "ptr",
    scratchBytes: "i32",
  },

  /** dFilters[ky][kx][c][k] = Σ of the packed slots, in order. */
  joinPackedFilters: {
    slots: "ptr",
    slotCount: "i32",
    slotBytes: "i32",
    out: "ptr",
    kernel: "i32",
    groupIn: "i32",
    groupOut: "i32",
    filterCount: "i32",
    merge: "i32",
  },

  /**
   * Every channel has its own filter: strips of 16 channels, see assembly/depthwise.ts. Output (row, column) of a pass begins
   * at row firstRow + row·step of the padded copy. Input gradients as tableConv's: a pass per class of pixels.
   */
  depthwise: {
    src: "ptr",
    view: "ptr",
    dst: "ptr",
    init: "ptr",
    initIsMap: "i32",
    images: "i32",
    imagesPerChunk: "i32",
    height: "i32",
    width: "i32",
    channels: "i32",
    pad: "i32",
    paddedHeight: "i32",
    paddedWidth: "i32",
    step: "i32",
    dstImageBytes: "i32",
    after: "ptr",
    /** `passCount` of `depthwisePassLayout`. */
    passes: "ptr",
    passCount: "i32",
    scratch: "ptr",
    scratchBytes: "i32",
  },

  /** slots[s] = Σ over the slot's images of padded x ⊙ dy, in the layout of `packStrips`. */
  depthwiseFilterGrad: {
    src: "ptr",
    xView: "ptr",
    dy: "ptr",
    /** With a view of dy the scratch holds, behind the padded copy, [pixel][16 channels]. */
    dyView: "ptr",
    images: "i32",
    height: "i32",
    width: "i32",
    channels: "i32",
    pad: "i32",
    paddedHeight: "i32",
    paddedWidth: "i32",
    kernel: "i32",
    step: "i32",
    outHeight: "i32",
    outWidth: "i32",
    slots: "ptr",
    slotCount: "i32",
    slotBytes: "i32",
    scratch: "ptr",
    scratchBytes: "i32",
  },

  /** Filters [ky][kx][channel] as [strip of 16 channels][y][x][channel]; tap (y, x) is (yFirst + y·yStep, xFirst + x·xStep). */
  packStrips: {
    filters: "ptr",
    out: "ptr",
    channels: "i32",
    kernel: "i32",
    yFirst: "i32",
    yStep: "i32",
    yCount: "i32",
    xFirst: "i32",
    xStep: "i32",
    xCount: "i32",
  },

  /** The way back: out[tap][channel] = Σ of the packed slots, in order. */
  joinStrips: { slots: "ptr", slotCount: "i32", slotBytes: "i32", out: "ptr", taps: "i32", channels: "i32" },

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

/** What an image of a batch goes through: a row of floats in the order of plan/calls.ts. */
export const transformLayout = Object.fromEntries(transformRow.map((field) => [field, "f32"])) as Record<
  (typeof transformRow)[number],
  "f32"
>;

export type FieldType = "ptr" | "i32" | "f32";

export type KernelName = keyof typeof recordLayouts;

export const kernelNames = Object.keys(recordLayouts) as KernelName[];

/**
 * The module's own first page: its constants below `tileArea`, then `tileBytes` for each thread, where a tile that is
 * only partly wanted (fewer than 8 columns) is put before the wanted part is copied.
 */
export const reservedBytes = 65536;
const tileArea = 16384;
const tileBytes = 256;
export const maxThreads = (reservedBytes - tileArea) / tileBytes;

/**
 * Byte offsets of the counters that threads meet at (assembly/barrier.ts), a cache line for each that is written often.
 * All zero when a pool of threads begins.
 */
export const syncLayout = {
  /** Jobs posted so far; who has nothing to do sleeps here. */
  job: 0,
  /** Of the last job: address and number of its records. No records: the pool ends. */
  jobRecords: 4,
  jobCount: 8,
  /** Threads at the barrier. */
  arrived: 64,
  /** Barriers passed. */
  generation: 128,
  /** Not 0 once the pool has failed: whoever passes a barrier gives up. */
  aborted: 132,
  /** Threads asleep at the barrier. */
  sleepers: 192,
} as const;
export const syncBytes = 256;

/** 128 bytes: two cache lines, and room for the longest record. */
export const recordWords = 32;

/** The fields of one kernel's record. */
export type Fields<K extends KernelName> = { readonly [F in keyof (typeof recordLayouts)[K]]: number };

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

/** Kernel numbers start at 1: a record of zeros is an error, not a kernel. */
export function kernelNumber(kernel: KernelName): number {
  return kernelNames.indexOf(kernel) + 1;
}

/** Where a field stands in its record. */
export function fieldWord<K extends KernelName>(kernel: K, field: keyof Fields<K>): number {
  return 1 + Object.keys(recordLayouts[kernel]).indexOf(field as string);
}

/** The text of assembly/records.ts. */
export function assemblyRecords(): string {
  const types: Record<FieldType, string> = { ptr: "usize", i32: "i32", f32: "f32" };
  const classText = (name: string, fields: readonly (readonly [string, string])[]) =>
    `@unmanaged\nexport class ${name} {\n${fields.map(([field, type]) => `  ${field}: ${type};`).join("\n")}\n}\n`;
  const typed = (layout: Record<string, FieldType>) =>
    Object.entries(layout).map(([field, type]) => [field, types[type]] as const);
  const title = (name: string) => name.charAt(0).toUpperCase() + name.slice(1);
  const constant = (name: string) => name.replace(/[A-Z]/g, "_$&").toUpperCase();
  return [
    "// Written from ../records.ts, where the fields are explained: change them there, then run `npx vitest run records -u`.\n",
    ...kernelNames.map((name) => `export const ${constant(name)}: i32 = ${kernelNumber(name)};`),
    `\nexport const RECORD_BYTES: i32 = ${4 * recordWords};`,
    `export const TRANSFORM_BYTES: i32 = ${4 * transformRow.length};`,
    `export const TILE_AREA: usize = ${tileArea};`,
    `export const TILE_BYTES: usize = ${tileBytes};\n`,
    ...Object.entries(syncLayout).map(
      ([name, offset]) => `export const ${constant(name)}: usize = ${offset};`,
    ),
    "",
    ...Object.entries({ ...activationCodes, ...afterKinds }).map(
      ([name, code]) => `export const ${constant(name)}: i32 = ${code};`,
    ),
    "",
    ...kernelNames.map((name) =>
      classText(`${title(name)}Record`, [["op", "i32"], ...typed(recordLayouts[name])]),
    ),
    classText("Pass", typed(passLayout)),
    classText("DepthwisePass", typed(depthwisePassLayout)),
    classText("TransformRow", typed(transformLayout)),
    classText("View", typed(viewLayout)),
    classText("After", typed(afterLayout)),
  ].join("\n");
}
