/** Records of products and convolutions, their gradients and the filters packed for them; part of the table in records.ts. */
export const convolutionRecords = {
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
    /** A `winogradLayout` (of scheme even) in place of passes; 0 = none. */
    winograd: "ptr",
    scratch: "ptr",
    scratchBytes: "i32",
  },

  /** Packed filters (`packFilters` of whole blocks of 8 lanes) as Winograd products meet them, see assembly/winograd-filters.ts. */
  winogradFilters: {
    packed: "ptr",
    out: "ptr",
    groups: "i32",
    groupIn: "i32",
    groupOut: "i32",
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
    /** A `winogradLayout` in place of table and runs; 0 = none. */
    winograd: "ptr",
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
} as const;
