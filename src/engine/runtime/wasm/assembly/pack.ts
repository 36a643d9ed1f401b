import { JoinPackedFiltersRecord, PackFiltersRecord } from "./records";
import { ceilDiv, shareStart } from "./simd";

// Packed filters: [group][block of 8 lanes][row][column][channel of the group][lane], zero in lanes past the last.
// Forward: channel = input channel, lane = filter. Transposed: channel = filter, lane = input channel.
// Groups narrower than 8 are merged, `merge` of them into one whose filters are zero between strangers: products with 0
// cost less than tiles with empty lanes.

/** Unit of work: one block of a group. */
export function packFilters(r: PackFiltersRecord, thread: i32, threads: i32): void {
  const sources = r.transposed ? r.groupOut : r.groupIn, targets = r.transposed ? r.groupIn : r.groupOut;
  const sourceCount = sources * r.merge, targetCount = targets * r.merge;
  const blocks = ceilDiv(targetCount, 8), units = r.groups * blocks;
  const blockBytes = <usize>(r.yCount * r.xCount * sourceCount) << 5;
  const end = shareStart(units, thread + 1, threads);
  for (let unit = shareStart(units, thread, threads); unit < end; unit++) {
    const group = unit / blocks, first = unit % blocks * 8, whole = r.merge == 1 && targetCount - first >= 8;
    let out = r.out + <usize>unit * blockBytes;
    for (let y = 0; y < r.yCount; y++) {
      for (let x = 0; x < r.xCount; x++) {
        const ky = r.yFirst + y * r.yStep, kx = r.xFirst + x * r.xStep;
        const tap = r.filters + (<usize>((ky * r.kernel + kx) * r.groupIn * r.filterCount) << 2);
        for (let source = 0; source < sourceCount; source++, out += 32) {
          if (!whole) packLanes(r, tap, group, source, sources, first, targets, targetCount, out);
          else if (r.transposed) copyColumn(tap + (<usize>(first * r.filterCount + group * r.groupOut + source) << 2), <usize>r.filterCount << 2, out);
          else {
            const from = tap + (<usize>(source * r.filterCount + group * r.groupOut + first) << 2);
            v128.store(out, v128.load(from));
            v128.store(out, v128.load(from, 16), 16);
          }
        }
      }
    }
  }
}

/** 8 floats that lie `stride` apart. */
@inline
function copyColumn(from: usize, stride: usize, out: usize): void {
  for (let lane: usize = 0; lane < 32; lane += 4, from += stride) store<f32>(out + lane, load<f32>(from));
}

@inline
function packLanes(r: PackFiltersRecord, tap: usize, group: i32, source: i32, sources: i32, firstTarget: i32, targets: i32, targetCount: i32, out: usize): void {
  const member = source / sources, inner = source % sources;
  for (let lane = 0; lane < 8; lane++) {
    const target = firstTarget + lane;
    let value: f32 = 0;
    if (target < targetCount && target / targets == member) {
      const channel = r.transposed ? target % targets : inner;
      const filter = (group * r.merge + member) * r.groupOut + (r.transposed ? inner : target % targets);
      value = load<f32>(tap + (<usize>(channel * r.filterCount + filter) << 2));
    }
    store<f32>(out + (<usize>lane << 2), value);
  }
}

/** dFilters = Σ of the packed slots, in order. Unit of work: one row (ky, kx, c) of dFilters. */
export function joinPackedFilters(r: JoinPackedFiltersRecord, thread: i32, threads: i32): void {
  const wide = r.groupOut * r.merge, sources = r.groupIn * r.merge;
  const blocks = ceilDiv(wide, 8), rows = r.kernel * r.kernel * r.groupIn;
  const blockFloats = r.kernel * r.kernel * sources * 8;
  const end = shareStart(rows, thread + 1, threads);
  for (let row = shareStart(rows, thread, threads); row < end; row++) {
    const tap = row / r.groupIn, channel = row % r.groupIn;
    let out = r.out + (<usize>(row * r.filterCount) << 2);
    for (let filter = 0; filter < r.filterCount; ) {
      const group = filter / wide, target = filter % wide, member = target / r.groupOut;
      const source = tap * sources + member * r.groupIn + channel;
      const from = r.slots + (<usize>((group * blocks + (target >> 3)) * blockFloats + source * 8 + (target & 7)) << 2);
      const whole = (target & 3) == 0 && r.groupOut % 4 == 0;
      if (whole) {
        v128.store(out, joinedVector(from, r.slotCount, r.slotBytes));
        filter += 4;
        out += 16;
      } else {
        store<f32>(out, joinedFloat(from, r.slotCount, r.slotBytes));
        filter++;
        out += 4;
      }
    }
  }
}

@inline
export function joinedVector(p: usize, slotCount: i32, slotBytes: usize): v128 {
  let sum = v128.load(p);
  for (let slot = 1; slot < slotCount; slot++) sum = f32x4.add(sum, v128.load((p += slotBytes)));
  return sum;
}

@inline
export function joinedFloat(p: usize, slotCount: i32, slotBytes: usize): f32 {
  let sum = load<f32>(p);
  for (let slot = 1; slot < slotCount; slot++) sum += load<f32>((p += slotBytes));
  return sum;
}
