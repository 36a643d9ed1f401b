import {
  GemmFilterGradRecord,
  GemmRecord,
  TILE_AREA,
  TILE_BYTES,
  TransposeRecord,
} from "./records";
import { ceilDiv, copyFloats, shareStart } from "./simd";
import { matrixOuterTile, matrixTile, restHeight, tileRows } from "./tile";

// 1×1 convolutions and linear layers. M rows (pixels), D depth (channels in), N columns (filters).

/** C[M,N] = init + A[M,D] · W[D,N]: a block of A stays in the first-level cache while all columns pass over it. */
export function gemm(r: GemmRecord, thread: i32, threads: i32): void {
  const rows = r.rows,
    columns = r.columns,
    perBlock = r.blockRows;
  const blocks = ceilDiv(rows, perBlock);
  const first = shareStart(blocks, thread, threads) * perBlock;
  const end = min(rows, shareStart(blocks, thread + 1, threads) * perBlock);
  const tile = TILE_AREA + <usize>thread * TILE_BYTES;
  for (let row = first; row < end; row += perBlock) {
    const blockEnd = min(end, row + perBlock);
    for (let column = 0; column < columns; column += 8) columnPanel(r, row, blockEnd, column, tile);
  }
}

function columnPanel(r: GemmRecord, first: i32, end: i32, column: i32, tile: usize): void {
  const depth = r.depth,
    init = r.init,
    initBytes = <usize>r.initRowBytes;
  const aBytes = (<usize>depth) << 2,
    cBytes = (<usize>r.columns) << 2,
    left = r.columns - column;
  const w = r.w + ((<usize>column) << 2),
    c = r.c + ((<usize>column) << 2);
  const start = init ? init + ((<usize>column) << 2) : 0;
  let row = first;
  while (row < end) {
    let height = restHeight(end - row, tileRows);
    // The last tile overlaps the one before and writes the same values again; a rest of single rows would be slower.
    if (height < tileRows && end >= tileRows) {
      height = tileRows;
      row = end - height;
    }
    const a = r.a + <usize>row * aBytes;
    const rowStart = start ? start + <usize>row * initBytes : 0;
    if (left >= 8) {
      matrixTile(height, a, aBytes, w, cBytes, depth, c + <usize>row * cBytes, cBytes, rowStart, initBytes);
    } else {
      matrixTile(height, a, aBytes, w, cBytes, depth, tile, 32, rowStart, initBytes);
      for (let i = 0; i < height; i++) {
        copyFloats(tile + ((<usize>i) << 5), c + <usize>(row + i) * cBytes, left);
      }
    }
    row += height;
  }
}

/**
 * Slot s of dW[D,N] = Σ over its rows of Xᵀ · dY, a block of rows at a time: it stays cached while all tiles pass over it,
 * and short sums lose little. Unit of work: one slot × one strip of the depth.
 */
export function gemmFilterGrad(r: GemmFilterGradRecord, thread: i32, threads: i32): void {
  const perBlock = r.blockRows,
    blocks = ceilDiv(r.rows, perBlock);
  const strip = r.strip,
    strips = ceilDiv(r.depth, strip),
    units = r.slotCount * strips;
  const tile = TILE_AREA + <usize>thread * TILE_BYTES;
  const end = shareStart(units, thread + 1, threads);
  for (let unit = shareStart(units, thread, threads); unit < end; unit++) {
    const slot = unit / strips,
      depth = (unit % strips) * strip,
      depthEnd = min(r.depth, depth + strip);
    const firstRow = shareStart(blocks, slot, r.slotCount) * perBlock;
    const endRow = min(r.rows, shareStart(blocks, slot + 1, r.slotCount) * perBlock);
    const out = r.slots + <usize>slot * r.slotBytes;
    for (let row = firstRow; row < endRow; row += perBlock) {
      sumBlock(r, row, min(endRow, row + perBlock), depth, depthEnd, out, row > firstRow ? 1 : 0, tile);
    }
  }
}

function sumBlock(
  r: GemmFilterGradRecord,
  row: i32,
  endRow: i32,
  depth: i32,
  depthEnd: i32,
  out: usize,
  accumulate: i32,
  tile: usize,
): void {
  const xBytes = (<usize>r.depth) << 2,
    dyBytes = (<usize>r.columns) << 2,
    count = endRow - row;
  for (let column = 0; column < r.columns; column += 8) {
    const left = r.columns - column;
    const dy = r.dy + <usize>row * dyBytes + ((<usize>column) << 2);
    for (let d = depth; d < depthEnd; ) {
      const height = restHeight(depthEnd - d, tileRows);
      const x = r.x + <usize>row * xBytes + ((<usize>d) << 2);
      const c = out + <usize>d * dyBytes + ((<usize>column) << 2);
      if (left >= 8) matrixOuterTile(height, x, xBytes, dy, dyBytes, count, c, dyBytes, accumulate);
      else {
        matrixOuterTile(height, x, xBytes, dy, dyBytes, count, tile, 32, 0);
        for (let i = 0; i < height; i++)
          addPart(tile + ((<usize>i) << 5), c + <usize>i * dyBytes, left, accumulate);
      }
      d += height;
    }
  }
}

function addPart(from: usize, to: usize, length: i32, accumulate: i32): void {
  for (let i = 0; i < length; i++, from += 4, to += 4) {
    store<f32>(to, accumulate ? load<f32>(to) + load<f32>(from) : load<f32>(from));
  }
}

/** out[columns][rows] = x[rows][columns]: a filter matrix for the input gradient. */
export function transpose(r: TransposeRecord, thread: i32, threads: i32): void {
  const rows = r.rows,
    columns = r.columns;
  const end = shareStart(columns, thread + 1, threads);
  for (let column = shareStart(columns, thread, threads); column < end; column++) {
    let from = r.x + ((<usize>column) << 2),
      to = r.out + ((<usize>column * rows) << 2);
    for (let row = 0; row < rows; row++, from += (<usize>columns) << 2, to += 4)
      store<f32>(to, load<f32>(from));
  }
}
