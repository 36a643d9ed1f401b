// Written from ../records.ts, where the fields are explained: change them there, then run `npx vitest run records -u`.

export const FILL: i32 = 1;
export const JOIN_SLOTS: i32 = 2;
export const GATHER_ROWS: i32 = 3;
export const SCATTER_ROWS: i32 = 4;
export const TRANSPOSE: i32 = 5;
export const GEMM: i32 = 6;
export const GEMM_FILTER_GRAD: i32 = 7;
export const PACK_FILTERS: i32 = 8;
export const TABLE_CONV: i32 = 9;
export const WINOGRAD_FILTERS: i32 = 10;
export const TABLE_FILTER_GRAD: i32 = 11;
export const JOIN_PACKED_FILTERS: i32 = 12;
export const DEPTHWISE: i32 = 13;
export const DEPTHWISE_FILTER_GRAD: i32 = 14;
export const PACK_STRIPS: i32 = 15;
export const JOIN_STRIPS: i32 = 16;
export const COLUMN_SUMS: i32 = 17;
export const BATCH_NORM_STATS: i32 = 18;
export const BATCH_NORM_STATS_JOIN: i32 = 19;
export const BATCH_NORM_FOLD: i32 = 20;
export const BATCH_NORM_REDUCE_GRAD: i32 = 21;
export const NORM_GRAD_VECTORS: i32 = 22;
export const BATCH_NORM_INPUT_GRAD: i32 = 23;
export const GROUP_NORM_STATS: i32 = 24;
export const GROUP_NORM_REDUCE_GRAD: i32 = 25;
export const GROUP_NORM_INPUT_GRAD: i32 = 26;
export const PROXY_MOMENTS: i32 = 27;
export const PROXY_MOMENTS_GRAD: i32 = 28;
export const AFFINE: i32 = 29;
export const POINTWISE: i32 = 30;
export const ACTIVATION_GRAD: i32 = 31;
export const GLOBAL_POOL: i32 = 32;
export const GLOBAL_POOL_GRAD: i32 = 33;
export const MAX_POOL: i32 = 34;
export const MAX_POOL_GRAD: i32 = 35;
export const CHANNEL_SCALE: i32 = 36;
export const IMAGE_SCALE: i32 = 37;
export const CHANNEL_SCALE_GRAD: i32 = 38;
export const SQUEEZE_EXCITE: i32 = 39;
export const SQUEEZE_EXCITE_GRAD: i32 = 40;
export const CROSS_ENTROPY: i32 = 41;
export const CROSS_ENTROPY_JOIN: i32 = 42;
export const SGD: i32 = 43;
export const AVERAGE: i32 = 44;
export const GATHER: i32 = 45;

export const RECORD_BYTES: i32 = 128;
export const TRANSFORM_BYTES: i32 = 48;
export const TILE_AREA: usize = 16384;
export const TILE_BYTES: usize = 256;

export const JOB: usize = 0;
export const JOB_RECORDS: usize = 4;
export const JOB_COUNT: usize = 8;
export const ARRIVED: usize = 64;
export const GENERATION: usize = 128;
export const ABORTED: usize = 132;
export const SLEEPERS: usize = 192;

export const NONE: i32 = 0;
export const RELU: i32 = 1;
export const SILU: i32 = 2;
export const SIGMOID: i32 = 3;
export const STATISTICS: i32 = 1;
export const GRADIENT_SUMS: i32 = 2;
export const WINOGRAD_EVEN: i32 = 1;
export const WINOGRAD_HALVING: i32 = 2;

@unmanaged
export class FillRecord {
  op: i32;
  out: usize;
  length: i32;
  value: f32;
}

@unmanaged
export class JoinSlotsRecord {
  op: i32;
  slots: usize;
  slotCount: i32;
  slotBytes: i32;
  out: usize;
  length: i32;
}

@unmanaged
export class GatherRowsRecord {
  op: i32;
  x: usize;
  out: usize;
  table: usize;
  images: i32;
  pixels: i32;
  imageBytes: i32;
  channels: i32;
}

@unmanaged
export class ScatterRowsRecord {
  op: i32;
  x: usize;
  out: usize;
  addend: usize;
  table: usize;
  images: i32;
  pixels: i32;
  imageBytes: i32;
  channels: i32;
}

@unmanaged
export class TransposeRecord {
  op: i32;
  x: usize;
  out: usize;
  rows: i32;
  columns: i32;
}

@unmanaged
export class GemmRecord {
  op: i32;
  a: usize;
  view: usize;
  w: usize;
  c: usize;
  init: usize;
  initRowBytes: i32;
  rows: i32;
  depth: i32;
  columns: i32;
  blockRows: i32;
  after: usize;
  scratch: usize;
  scratchBytes: i32;
}

@unmanaged
export class GemmFilterGradRecord {
  op: i32;
  x: usize;
  xView: usize;
  dy: usize;
  dyView: usize;
  slots: usize;
  slotCount: i32;
  slotBytes: i32;
  rows: i32;
  depth: i32;
  columns: i32;
  blockRows: i32;
  unitDepth: i32;
  strip: i32;
  scratch: usize;
  scratchBytes: i32;
}

@unmanaged
export class PackFiltersRecord {
  op: i32;
  filters: usize;
  out: usize;
  transposed: i32;
  kernel: i32;
  groupIn: i32;
  groupOut: i32;
  filterCount: i32;
  groups: i32;
  merge: i32;
  yFirst: i32;
  yStep: i32;
  yCount: i32;
  xFirst: i32;
  xStep: i32;
  xCount: i32;
}

@unmanaged
export class TableConvRecord {
  op: i32;
  src: usize;
  view: usize;
  dst: usize;
  init: usize;
  initIsMap: i32;
  images: i32;
  imagesPerChunk: i32;
  height: i32;
  width: i32;
  channels: i32;
  pad: i32;
  paddedHeight: i32;
  paddedWidth: i32;
  groups: i32;
  groupIn: i32;
  groupOut: i32;
  dstImageBytes: i32;
  dstChannels: i32;
  after: usize;
  passes: usize;
  passCount: i32;
  winograd: usize;
  scratch: usize;
  scratchBytes: i32;
}

@unmanaged
export class WinogradFiltersRecord {
  op: i32;
  packed: usize;
  out: usize;
  groups: i32;
  groupIn: i32;
  groupOut: i32;
}

@unmanaged
export class TableFilterGradRecord {
  op: i32;
  src: usize;
  xView: usize;
  dy: usize;
  dyView: usize;
  dyChannels: i32;
  images: i32;
  imagesPerChunk: i32;
  height: i32;
  width: i32;
  channels: i32;
  pad: i32;
  paddedHeight: i32;
  paddedWidth: i32;
  groups: i32;
  groupIn: i32;
  groupOut: i32;
  dyImageBytes: i32;
  table: usize;
  pixels: i32;
  runs: i32;
  runLength: i32;
  winograd: usize;
  slots: usize;
  slotCount: i32;
  slotBytes: i32;
  scratch: usize;
  scratchBytes: i32;
}

@unmanaged
export class JoinPackedFiltersRecord {
  op: i32;
  slots: usize;
  slotCount: i32;
  slotBytes: i32;
  out: usize;
  kernel: i32;
  groupIn: i32;
  groupOut: i32;
  filterCount: i32;
  merge: i32;
}

@unmanaged
export class DepthwiseRecord {
  op: i32;
  src: usize;
  view: usize;
  dst: usize;
  init: usize;
  initIsMap: i32;
  images: i32;
  imagesPerChunk: i32;
  height: i32;
  width: i32;
  channels: i32;
  pad: i32;
  paddedHeight: i32;
  paddedWidth: i32;
  step: i32;
  dstImageBytes: i32;
  after: usize;
  passes: usize;
  passCount: i32;
  scratch: usize;
  scratchBytes: i32;
}

@unmanaged
export class DepthwiseFilterGradRecord {
  op: i32;
  src: usize;
  xView: usize;
  dy: usize;
  dyView: usize;
  images: i32;
  height: i32;
  width: i32;
  channels: i32;
  pad: i32;
  paddedHeight: i32;
  paddedWidth: i32;
  kernel: i32;
  step: i32;
  outHeight: i32;
  outWidth: i32;
  slots: usize;
  slotCount: i32;
  slotBytes: i32;
  scratch: usize;
  scratchBytes: i32;
}

@unmanaged
export class PackStripsRecord {
  op: i32;
  filters: usize;
  out: usize;
  channels: i32;
  kernel: i32;
  yFirst: i32;
  yStep: i32;
  yCount: i32;
  xFirst: i32;
  xStep: i32;
  xCount: i32;
}

@unmanaged
export class JoinStripsRecord {
  op: i32;
  slots: usize;
  slotCount: i32;
  slotBytes: i32;
  out: usize;
  taps: i32;
  channels: i32;
}

@unmanaged
export class ColumnSumsRecord {
  op: i32;
  x: usize;
  rows: i32;
  channels: i32;
  blockRows: i32;
  slots: usize;
  slotCount: i32;
  slotBytes: i32;
}

@unmanaged
export class BatchNormStatsRecord {
  op: i32;
  x: usize;
  rows: i32;
  channels: i32;
  blockRows: i32;
  slots: usize;
  slotCount: i32;
  slotBytes: i32;
}

@unmanaged
export class BatchNormStatsJoinRecord {
  op: i32;
  slots: usize;
  slotCount: i32;
  slotBytes: i32;
  rows: i32;
  channels: i32;
  blockRows: i32;
  gamma: usize;
  beta: usize;
  mean: usize;
  invStd: usize;
  scale: usize;
  shift: usize;
  runningMean: usize;
  runningVar: usize;
  epsilon: f32;
  momentum: f32;
}

@unmanaged
export class BatchNormFoldRecord {
  op: i32;
  gamma: usize;
  beta: usize;
  runningMean: usize;
  runningVar: usize;
  scale: usize;
  shift: usize;
  channels: i32;
  epsilon: f32;
}

@unmanaged
export class BatchNormReduceGradRecord {
  op: i32;
  dy: usize;
  x: usize;
  saved: usize;
  dz: usize;
  mean: usize;
  invStd: usize;
  scale: usize;
  shift: usize;
  rows: i32;
  channels: i32;
  blockRows: i32;
  activation: i32;
  slots: usize;
  slotCount: i32;
  slotBytes: i32;
}

@unmanaged
export class NormGradVectorsRecord {
  op: i32;
  scale: usize;
  mean: usize;
  invStd: usize;
  dGamma: usize;
  dBeta: usize;
  slope: usize;
  shift: usize;
  rows: i32;
  channels: i32;
}

@unmanaged
export class BatchNormInputGradRecord {
  op: i32;
  dy: usize;
  x: usize;
  dx: usize;
  addend: usize;
  mean: usize;
  invStd: usize;
  scale: usize;
  shift: usize;
  dGamma: usize;
  dBeta: usize;
  rows: i32;
  channels: i32;
  blockRows: i32;
  activation: i32;
  scratch: usize;
  scratchBytes: i32;
}

@unmanaged
export class GroupNormStatsRecord {
  op: i32;
  x: usize;
  gamma: usize;
  beta: usize;
  mean: usize;
  invStd: usize;
  scale: usize;
  shift: usize;
  images: i32;
  pixels: i32;
  channels: i32;
  groups: i32;
  blockRows: i32;
  epsilon: f32;
  scratch: usize;
  scratchBytes: i32;
}

@unmanaged
export class GroupNormReduceGradRecord {
  op: i32;
  dy: usize;
  x: usize;
  mean: usize;
  invStd: usize;
  scale: usize;
  shift: usize;
  gamma: usize;
  dGammaProxy: usize;
  dBetaProxy: usize;
  sums: usize;
  images: i32;
  pixels: i32;
  channels: i32;
  groups: i32;
  blockRows: i32;
  activation: i32;
  slots: usize;
  slotCount: i32;
  slotBytes: i32;
  scratch: usize;
  scratchBytes: i32;
}

@unmanaged
export class GroupNormInputGradRecord {
  op: i32;
  dy: usize;
  x: usize;
  dx: usize;
  addend: usize;
  mean: usize;
  invStd: usize;
  scale: usize;
  shift: usize;
  sums: usize;
  images: i32;
  pixels: i32;
  channels: i32;
  groups: i32;
  activation: i32;
  scratch: usize;
  scratchBytes: i32;
}

@unmanaged
export class ProxyMomentsRecord {
  op: i32;
  gamma: usize;
  beta: usize;
  proxyScale: usize;
  proxyShift: usize;
  scale: usize;
  shift: usize;
  channels: i32;
  activation: i32;
  epsilon: f32;
  nodes: usize;
  weights: usize;
  points: i32;
  scratch: usize;
  scratchBytes: i32;
}

@unmanaged
export class ProxyMomentsGradRecord {
  op: i32;
  gamma: usize;
  beta: usize;
  proxyScale: usize;
  proxyShift: usize;
  dScale: usize;
  dShift: usize;
  dGamma: usize;
  dBeta: usize;
  dProxyScale: usize;
  dProxyShift: usize;
  channels: i32;
  activation: i32;
  epsilon: f32;
  nodes: usize;
  weights: usize;
  points: i32;
  scratch: usize;
  scratchBytes: i32;
}

@unmanaged
export class AffineRecord {
  op: i32;
  x: usize;
  scale: usize;
  shift: usize;
  residual: usize;
  y: usize;
  rows: i32;
  channels: i32;
  activation: i32;
  imageRows: i32;
  scaleStep: i32;
  shiftStep: i32;
}

@unmanaged
export class PointwiseRecord {
  op: i32;
  x: usize;
  residual: usize;
  y: usize;
  length: i32;
  activation: i32;
}

@unmanaged
export class ActivationGradRecord {
  op: i32;
  dy: usize;
  saved: usize;
  dx: usize;
  length: i32;
  activation: i32;
}

@unmanaged
export class GlobalPoolRecord {
  op: i32;
  x: usize;
  y: usize;
  images: i32;
  pixels: i32;
  channels: i32;
}

@unmanaged
export class GlobalPoolGradRecord {
  op: i32;
  dy: usize;
  addend: usize;
  dx: usize;
  images: i32;
  pixels: i32;
  channels: i32;
}

@unmanaged
export class MaxPoolRecord {
  op: i32;
  x: usize;
  y: usize;
  images: i32;
  height: i32;
  width: i32;
  channels: i32;
  kernel: i32;
  stride: i32;
  padding: i32;
  outHeight: i32;
  outWidth: i32;
}

@unmanaged
export class MaxPoolGradRecord {
  op: i32;
  x: usize;
  dy: usize;
  dx: usize;
  images: i32;
  height: i32;
  width: i32;
  channels: i32;
  kernel: i32;
  stride: i32;
  padding: i32;
  outHeight: i32;
  outWidth: i32;
}

@unmanaged
export class ChannelScaleRecord {
  op: i32;
  x: usize;
  s: usize;
  y: usize;
  images: i32;
  pixels: i32;
  channels: i32;
}

@unmanaged
export class ImageScaleRecord {
  op: i32;
  x: usize;
  s: usize;
  y: usize;
  images: i32;
  length: i32;
}

@unmanaged
export class ChannelScaleGradRecord {
  op: i32;
  dy: usize;
  x: usize;
  s: usize;
  dx: usize;
  ds: usize;
  images: i32;
  pixels: i32;
  channels: i32;
}

@unmanaged
export class SqueezeExciteRecord {
  op: i32;
  x: usize;
  reduce: usize;
  reduceBias: usize;
  expand: usize;
  expandBias: usize;
  y: usize;
  pooled: usize;
  hidden: usize;
  s: usize;
  images: i32;
  pixels: i32;
  channels: i32;
  squeezed: i32;
  activation: i32;
}

@unmanaged
export class SqueezeExciteGradRecord {
  op: i32;
  dy: usize;
  x: usize;
  reduce: usize;
  expand: usize;
  hidden: usize;
  s: usize;
  dx: usize;
  dGate: usize;
  dHidden: usize;
  activeHidden: usize;
  images: i32;
  pixels: i32;
  channels: i32;
  squeezed: i32;
  activation: i32;
  scratch: usize;
  scratchBytes: i32;
}

@unmanaged
export class CrossEntropyRecord {
  op: i32;
  logits: usize;
  targets: usize;
  dLogits: usize;
  results: usize;
  images: i32;
  classes: i32;
}

@unmanaged
export class CrossEntropyJoinRecord {
  op: i32;
  results: usize;
  metrics: usize;
  images: i32;
}

@unmanaged
export class SgdRecord {
  op: i32;
  parameters: usize;
  gradients: usize;
  velocity: usize;
  learningRate: usize;
  length: i32;
  momentum: f32;
  weightDecay: f32;
  decayed: i32;
  nesterov: i32;
  averages: usize;
  averageDecay: f32;
}

@unmanaged
export class AverageRecord {
  op: i32;
  x: usize;
  average: usize;
  length: i32;
  decay: f32;
}

@unmanaged
export class GatherRecord {
  op: i32;
  bytes: usize;
  labels: usize;
  values: usize;
  sourceHeight: i32;
  sourceWidth: i32;
  own: usize;
  indices: usize;
  transforms: usize;
  count: i32;
  images: usize;
  targets: usize;
  batch: i32;
  height: i32;
  width: i32;
  channels: i32;
  classes: i32;
  labelSmoothing: f32;
}

@unmanaged
export class Pass {
  table: usize;
  pixels: i32;
  runs: i32;
  runLength: i32;
  filters: usize;
}

@unmanaged
export class Winograd {
  scheme: i32;
  tileRows: i32;
  tileColumns: i32;
  outHeight: i32;
  outWidth: i32;
  filters: usize;
  blockTiles: i32;
  valuesAt: i32;
}

@unmanaged
export class DepthwisePass {
  filters: usize;
  rowTaps: i32;
  columnTaps: i32;
  firstRow: i32;
  firstColumn: i32;
  rows: i32;
  columns: i32;
  out: i32;
  outRowBytes: i32;
  outPixelBytes: i32;
}

@unmanaged
export class TransformRow {
  a: f32;
  b: f32;
  tx: f32;
  c: f32;
  d: f32;
  ty: f32;
  samplesX: f32;
  samplesY: f32;
  gain: f32;
  offset: f32;
  lambda: f32;
  partner: f32;
}

@unmanaged
export class View {
  second: usize;
  scale: usize;
  slope: usize;
  shift: usize;
  activation: i32;
}

@unmanaged
export class After {
  kind: i32;
  x: usize;
  scale: usize;
  shift: usize;
  mean: usize;
  invStd: usize;
  activation: i32;
  slots: usize;
  slotCount: i32;
  slotBytes: i32;
}
