import { joinedFloat, joinedVector } from "./pack";
import { JoinStripsRecord, PackStripsRecord } from "./records";
import { ceilDiv, copyFloats, shareStart } from "./simd";

// The filters of depthwise convolutions, as assembly/depthwise.ts reads them: [strip of 16 channels][y][x][channel]. What
// the lanes past the last channel hold reaches no result.

/** Unit of work: one strip. */
export function packStrips(r: PackStripsRecord, thread: i32, threads: i32): void {
  const strips = ceilDiv(r.channels, 16), end = shareStart(strips, thread + 1, threads);
  for (let strip = shareStart(strips, thread, threads); strip < end; strip++) {
    let out = r.out + (<usize>(strip * r.yCount * r.xCount) << 6);
    for (let y = 0; y < r.yCount; y++) {
      for (let x = 0; x < r.xCount; x++, out += 64) {
        const tap = (r.yFirst + y * r.yStep) * r.kernel + r.xFirst + x * r.xStep;
        copyFloats(r.filters + (<usize>(tap * r.channels + strip * 16) << 2), out, min(16, r.channels - strip * 16));
      }
    }
  }
}

/** Unit of work: one tap. */
export function joinStrips(r: JoinStripsRecord, thread: i32, threads: i32): void {
  const end = shareStart(r.taps, thread + 1, threads);
  for (let tap = shareStart(r.taps, thread, threads); tap < end; tap++) {
    let out = r.out + (<usize>(tap * r.channels) << 2), channel = 0;
    for (; channel + 4 <= r.channels; channel += 4, out += 16) v128.store(out, joinedVector(place(r, tap, channel), r.slotCount, r.slotBytes));
    for (; channel < r.channels; channel++, out += 4) store<f32>(out, joinedFloat(place(r, tap, channel), r.slotCount, r.slotBytes));
  }
}

@inline
function place(r: JoinStripsRecord, tap: i32, channel: i32): usize {
  return r.slots + (<usize>(((channel >> 4) * r.taps + tap) * 16 + (channel & 15)) << 2);
}
