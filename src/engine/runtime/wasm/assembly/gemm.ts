import {
  After,
  GemmFilterGradRecord,
  GemmRecord,
  TILE_AREA,
  TILE_BYTES,
  TransposeRecord,
  View,
} from "./records";
import { ceilDiv, copyFloats, shareStart } from "./simd";
import { emptySlot, follow } from "./sums";
import { matrixOuterTile, matrixTile, restHeight, tileRows } from "./tile";
import { viewRows } from "./view";

// 1×1 convolutions and linear layers. M rows (pixels), D depth (channels in), N columns (filters).

/**
 * C[M,N] = init + A[M,D] · W[D,N]: a block of A stays in the first-level cache while all columns pass over it. Unit of
 * work: one block, or, where sums of C follow, the blocks of one slot.
 */
export function gemm(r: GemmRecord, thread: i32, threads: i32): void {
  const blocks = ceilDiv(r.rows, r.blockRows);
  const tile = TILE_AREA + <usize>thread * TILE_BYTES, scratch = r.scratch + <usize>thread * r.scratchBytes;
  if (!r.after) {
    const end = shareStart(blocks, thread + 1, threads);
    for (let block = shareStart(blocks, thread, threads); block < end; block++) gemmBlock(r, block, scratch, tile);
    return;
  }
  const after = changetype<After>(r.after), cBytes = <usize>r.columns << 2;
  const endSlot = shareStart(after.slotCount, thread + 1, threads);
  for (let slot = shareStart(after.slotCount, thread, threads); slot < endSlot; slot++) {
    const out = emptySlot(after, slot, r.columns);
    const first = shareStart(blocks, slot, after.slotCount), end = shareStart(blocks, slot + 1, after.slotCount);
    for (let block = first; block < end; block++) {
      gemmBlock(r, block, scratch, tile);
      const row = block * r.blockRows, count = min(r.blockRows, r.rows - row);
      follow(after, r.c, <usize>row * cBytes, cBytes, count, row - first * r.blockRows, 0, r.columns, out);
    }
  }
}

function gemmBlock(r: GemmRecord, block: i32, scratch: usize, tile: usize): void {
  const row = block * r.blockRows, count = min(r.blockRows, r.rows - row), offset = <usize>(row * r.depth) << 2;
  let a = r.a + offset;
  if (r.view) {
    viewRows(changetype<View>(r.view), r.a, offset, scratch, count, r.depth);
    a = scratch;
  }
  for (let column = 0; column < r.columns; column += 8) columnPanel(r, a, row, count, column, tile);
}

/** 8 columns of the `count` rows from `first` on, whose A is at `a`. */
function columnPanel(r: GemmRecord, a: usize, first: i32, count: i32, column: i32, tile: usize): void {
  const depth = r.depth,
    initBytes = <usize>r.initRowBytes;
  const aBytes = (<usize>depth) << 2,
    cBytes = (<usize>r.columns) << 2,
    left = r.columns - column;
  const w = r.w + ((<usize>column) << 2),
    c = r.c + <usize>first * cBytes + ((<usize>column) << 2);
  const init = r.init ? r.init + <usize>first * initBytes + ((<usize>column) << 2) : 0;
  let row = 0;
  while (row < count) {
    let height = restHeight(count - row, tileRows);
    // The last tile overlaps the one before and writes the same values again; a rest of single rows would be slower.
    if (height < tileRows && count >= tileRows) {
      height = tileRows;
      row = count - height;
    }
    const rowA = a + <usize>row * aBytes;
    const rowInit = init ? init + <usize>row * initBytes : 0;
    if (left >= 8) {
      matrixTile(height, rowA, aBytes, w, cBytes, depth, c + <usize>row * cBytes, cBytes, rowInit, initBytes);
    } else {
      matrixTile(height, rowA, aBytes, w, cBytes, depth, tile, 32, rowInit, initBytes);
      for (let i = 0; i < height; i++) {
        copyFloats(tile + ((<usize>i) << 5), c + <usize>(row + i) * cBytes, left);
      }
    }
    row += height;
  }
}

/**
 * Slot s of dW[D,N] = Σ over its rows of Xᵀ · dY, a block of rows at a time: it stays cached while all tiles pass over it,
 * and short sums lose little. Unit of work: one slot × `unitDepth` of the depth, which is all of it where a block is made
 * from a view.
 */
export function gemmFilterGrad(r: GemmFilterGradRecord, thread: i32, threads: i32): void {
  const perBlock = r.blockRows,
    blocks = ceilDiv(r.rows, perBlock);
  const parts = ceilDiv(r.depth, r.unitDepth),
    units = r.slotCount * parts;
  const xBytes = (<usize>r.depth) << 2,
    dyBytes = (<usize>r.columns) << 2;
  const tile = TILE_AREA + <usize>thread * TILE_BYTES;
  const xBlock = r.scratch + <usize>thread * r.scratchBytes,
    dyBlock = r.xView ? xBlock + <usize>perBlock * xBytes : xBlock;
  const end = shareStart(units, thread + 1, threads);
  for (let unit = shareStart(units, thread, threads); unit < end; unit++) {
    const slot = unit / parts,
      depth = (unit % parts) * r.unitDepth,
      depthEnd = min(r.depth, depth + r.unitDepth);
    const firstRow = shareStart(blocks, slot, r.slotCount) * perBlock;
    const endRow = min(r.rows, shareStart(blocks, slot + 1, r.slotCount) * perBlock);
    const out = r.slots + <usize>slot * r.slotBytes;
    for (let row = firstRow; row < endRow; row += perBlock) {
      const count = min(endRow - row, perBlock), accumulate = row > firstRow ? 1 : 0;
      let x = r.x + <usize>row * xBytes, dy = r.dy + <usize>row * dyBytes;
      if (r.xView) {
        viewRows(changetype<View>(r.xView), r.x, x - r.x, xBlock, count, r.depth);
        x = xBlock;
      }
      if (r.dyView) {
        viewRows(changetype<View>(r.dyView), r.dy, dy - r.dy, dyBlock, count, r.columns);
        dy = dyBlock;
      }
      for (let d = depth; d < depthEnd; d += r.strip) {
        sumBlock(r, x, dy, count, d, min(depthEnd, d + r.strip), out, accumulate, tile);
      }
    }
  }
}

function sumBlock(
  r: GemmFilterGradRecord,
  xRows: usize,
  dyRows: usize,
  count: i32,
  depth: i32,
  depthEnd: i32,
  out: usize,
  accumulate: i32,
  tile: usize,
): void {
  const xBytes = (<usize>r.depth) << 2,
    dyBytes = (<usize>r.columns) << 2;
  for (let column = 0; column < r.columns; column += 8) {
    const left = r.columns - column;
    const dy = dyRows + ((<usize>column) << 2);
    for (let d = depth; d < depthEnd; ) {
      const height = restHeight(depthEnd - d, tileRows);
      const x = xRows + ((<usize>d) << 2);
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
