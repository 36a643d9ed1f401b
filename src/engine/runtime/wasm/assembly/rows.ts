import { joinedFloat, joinedVector } from "./pack";
import { ColumnSumsRecord, FillRecord, GatherRowsRecord, JoinSlotsRecord, ScatterRowsRecord } from "./records";
import { ceilDiv, copyFloats, fillFloats, loadLanes, shareStart, storeLanes } from "./simd";

/** Floats of one unit of flat work. */
export const FLAT_UNIT: i32 = 4096;

export function fill(r: FillRecord, thread: i32, threads: i32): void {
  const units = ceilDiv(r.length, FLAT_UNIT);
  const first = shareStart(units, thread, threads) * FLAT_UNIT;
  const end = min(r.length, shareStart(units, thread + 1, threads) * FLAT_UNIT);
  if (first < end) fillFloats(r.out + (<usize>first << 2), end - first, r.value);
}

export function joinSlots(r: JoinSlotsRecord, thread: i32, threads: i32): void {
  // Units of 4 floats, so that vectors start at the same floats whatever the number of threads.
  const units = ceilDiv(r.length, 4);
  let i = shareStart(units, thread, threads) * 4;
  const end = min(r.length, shareStart(units, thread + 1, threads) * 4);
  for (; i + 4 <= end; i += 4) {
    v128.store(r.out + (<usize>i << 2), joinedVector(r.slots + (<usize>i << 2), r.slotCount, r.slotBytes));
  }
  for (; i < end; i++) {
    store<f32>(r.out + (<usize>i << 2), joinedFloat(r.slots + (<usize>i << 2), r.slotCount, r.slotBytes));
  }
}

/** The rows a strided 1×1 convolution sees, side by side. Unit of work: one image. */
export function gatherRows(r: GatherRowsRecord, thread: i32, threads: i32): void {
  const rowBytes = <usize>r.channels << 2;
  const end = shareStart(r.images, thread + 1, threads);
  for (let image = shareStart(r.images, thread, threads); image < end; image++) {
    const x = r.x + <usize>image * r.imageBytes;
    let out = r.out + <usize>(image * r.pixels) * rowBytes;
    for (let pixel = 0; pixel < r.pixels; pixel++, out += rowBytes) {
      copyFloats(x + load<u32>(r.table + (<usize>pixel << 2)), out, r.channels);
    }
  }
}

export function scatterRows(r: ScatterRowsRecord, thread: i32, threads: i32): void {
  const rowBytes = <usize>r.channels << 2;
  const end = shareStart(r.images, thread + 1, threads);
  for (let image = shareStart(r.images, thread, threads); image < end; image++) {
    const out = r.out + <usize>image * r.imageBytes;
    let x = r.x + <usize>(image * r.pixels) * rowBytes;
    if (r.addend) copyFloats(r.addend + <usize>image * r.imageBytes, out, r.imageBytes >> 2);
    else fillFloats(out, r.imageBytes >> 2, 0);
    for (let pixel = 0; pixel < r.pixels; pixel++) {
      let to = out + load<u32>(r.table + (<usize>pixel << 2));
      let c = 0;
      for (; c + 4 <= r.channels; c += 4, x += 16, to += 16) v128.store(to, f32x4.add(v128.load(to), v128.load(x)));
      for (; c < r.channels; c++, x += 4, to += 4) store<f32>(to, load<f32>(to) + load<f32>(x));
    }
  }
}

export function columnSums(r: ColumnSumsRecord, thread: i32, threads: i32): void {
  const perBlock = r.blockRows, blocks = ceilDiv(r.rows, perBlock);
  const end = shareStart(r.slotCount, thread + 1, threads);
  for (let slot = shareStart(r.slotCount, thread, threads); slot < end; slot++) {
    const out = r.slots + <usize>slot * r.slotBytes;
    fillFloats(out, r.channels, 0);
    const endBlock = shareStart(blocks, slot + 1, r.slotCount);
    for (let block = shareStart(blocks, slot, r.slotCount); block < endBlock; block++) {
      const row = block * perBlock, count = min(perBlock, r.rows - row);
      let c = 0;
      for (; c + 4 <= r.channels; c += 4) addColumns(r, row, count, c, out, 4);
      for (; c < r.channels; c++) addColumns(r, row, count, c, out, 1);
    }
  }
}

@inline
function addColumns(r: ColumnSumsRecord, row: i32, count: i32, channel: i32, out: usize, lanes: i32): void {
  const rowBytes = <usize>r.channels << 2, at = out + (<usize>channel << 2);
  let p = r.x + <usize>row * rowBytes + (<usize>channel << 2);
  let sum = f32x4.splat(0);
  for (let i = 0; i < count; i++, p += rowBytes) sum = f32x4.add(sum, loadLanes(p, lanes));
  storeLanes(at, f32x4.add(loadLanes(at, lanes), sum), lanes);
}
