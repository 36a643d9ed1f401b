import { copyGroup } from "./padded";
import {
  After,
  Pass,
  TableConvRecord,
  TableFilterGradRecord,
  TILE_AREA,
  TILE_BYTES,
  View,
} from "./records";
import { ceilDiv, copyFloats, fillFloats, shareStart } from "./simd";
import { emptyColumns, follow } from "./sums";
import { restHeight, runTile, tableOuterTile, tileRows } from "./tile";
import { viewPixels } from "./view";
import { addFilterGrad, endFilterGrad, winogradConv } from "./winograd";

// Convolutions of any kernel, stride and group width. Images are taken in chunks (one large map or several small ones,
// so that there are enough pixels for whole tiles); for one group of a chunk: pad, then tiles of 6 or 4 output pixels ×
// 8 filters. A table lists for every output pixel where its first tap is and where the result goes, so any pixels make
// a tile. The input gradient is the same with dY as source: one pass
// per class of (y mod stride, x mod stride).

/** Unit of work: one group of one chunk, or, where sums follow, of the chunks of one slot. */
export function tableConv(r: TableConvRecord, thread: i32, threads: i32): void {
  const chunks = ceilDiv(r.images, r.imagesPerChunk), after = changetype<After>(r.after);
  const parts = r.after ? after.slotCount : chunks, units = parts * r.groups;
  const scratch = r.scratch + <usize>thread * r.scratchBytes;
  const tile = TILE_AREA + <usize>thread * TILE_BYTES;
  const end = shareStart(units, thread + 1, threads);
  let unit = shareStart(units, thread, threads);
  if (unit < end) {
    fillFloats(scratch, r.imagesPerChunk * r.paddedHeight * r.paddedWidth * r.groupIn, 0);
  }
  const rowBytes = <usize>r.dstChannels << 2;
  const pixels = r.dstImageBytes / (r.dstChannels << 2);
  for (; unit < end; unit++) {
    const group = unit % r.groups, part = unit / r.groups;
    if (!r.after) {
      convolveChunk(r, group, part * r.imagesPerChunk, scratch, tile);
      continue;
    }
    const first = shareStart(chunks, part, parts) * r.imagesPerChunk;
    const endImage = min(r.images, shareStart(chunks, part + 1, parts) * r.imagesPerChunk);
    const channel = group * r.groupOut, count = min(r.groupOut, r.dstChannels - channel);
    const out = after.slots + <usize>part * after.slotBytes;
    emptyColumns(out + (<usize>channel << 2), count, rowBytes);
    for (let image = first; image < endImage; image += r.imagesPerChunk) {
      convolveChunk(r, group, image, scratch, tile);
      const rows = min(r.imagesPerChunk, endImage - image) * pixels;
      const offset = <usize>image * r.dstImageBytes + (<usize>channel << 2);
      follow(after, r.dst, offset, rowBytes, rows, (image - first) * pixels, channel, count, out);
    }
  }
}

function convolveChunk(r: TableConvRecord, group: i32, image: i32, scratch: usize, tile: usize): void {
  const images = min(r.imagesPerChunk, r.images - image);
  const imageBytes = (<usize>(r.height * r.width * r.channels)) << 2;
  copyGroup(
    r.src,
    <usize>image * imageBytes,
    r.view,
    images,
    r.height,
    r.width,
    r.channels,
    group * r.groupIn,
    min(r.groupIn, r.channels - group * r.groupIn),
    r.groupIn,
    scratch,
    r.pad,
    r.paddedHeight,
    r.paddedWidth,
  );
  if (r.winograd) {
    winogradConv(r, group, image, images, scratch);
    return;
  }
  let pass = r.passes;
  for (let i = 0; i < r.passCount; i++, pass += offsetof<Pass>()) {
    convolveGroup(r, changetype<Pass>(pass), group, image, images, scratch, tile);
  }
}

function convolveGroup(
  r: TableConvRecord,
  pass: Pass,
  group: i32,
  image: i32,
  images: i32,
  scratch: usize,
  tile: usize,
): void {
  const pixels = pass.pixels * images;
  const runs = pass.runs,
    length = pass.runLength;
  const skip = (<usize>(r.paddedWidth * r.groupIn - length)) << 2;
  const filterBytes = (<usize>(runs * length)) << 5;
  const blocks = ceilDiv(r.groupOut, 8), most = tileRows;
  const chunk = <usize>image * r.dstImageBytes;
  let w = pass.filters + <usize>(group * blocks) * filterBytes;
  for (let block = 0; block < blocks; block++, w += filterBytes) {
    const channel = (<usize>(group * r.groupOut + block * 8)) << 2,
      left = r.groupOut - block * 8;
    const dst = r.dst + chunk + channel;
    const init = r.init ? r.init + channel + (r.initIsMap ? chunk : 0) : 0;
    let pixel = 0;
    while (pixel < pixels) {
      let height = restHeight(pixels - pixel, most);
      if (height < most && pixels >= most) {
        height = most;
        pixel = pixels - height;
      }
      const table = pass.table + ((<usize>pixel) << 3);
      const out = left >= 8 ? dst : tile, outBytes: usize = left >= 8 ? 0 : 32;
      runTile(height, scratch, table, w, runs, length, skip, out, outBytes, init, r.initIsMap);
      if (left < 8) {
        for (let i = 0; i < height; i++) {
          copyFloats(tile + ((<usize>i) << 5), dst + <usize>load<u32>(table + ((<usize>i) << 3), 4), left);
        }
      }
      pixel += height;
    }
  }
}

/**
 * Slot s of the packed filter gradient = Σ over its chunks of padded x ⊗ dy. Unit of work: one slot × one group.
 * dY is read 8 wide even where fewer filters are left: the surplus lands in lanes that nobody reads.
 */
export function tableFilterGrad(r: TableFilterGradRecord, thread: i32, threads: i32): void {
  const chunks = ceilDiv(r.images, r.imagesPerChunk),
    units = r.slotCount * r.groups;
  const scratch = r.scratch + <usize>thread * r.scratchBytes;
  const imageBytes = (<usize>(r.height * r.width * r.channels)) << 2;
  const groupFloats = ceilDiv(r.groupOut, 8) * r.runs * r.runLength * 8;
  const paddedFloats = r.imagesPerChunk * r.paddedHeight * r.paddedWidth * r.groupIn, paddedBytes = <usize>paddedFloats << 2;
  const end = shareStart(units, thread + 1, threads);
  let unit = shareStart(units, thread, threads);
  if (unit < end) fillFloats(scratch, paddedFloats, 0);
  for (; unit < end; unit++) {
    const slot = unit / r.groups,
      group = unit % r.groups;
    const firstChunk = shareStart(chunks, slot, r.slotCount),
      endChunk = shareStart(chunks, slot + 1, r.slotCount);
    const out = r.slots + <usize>slot * r.slotBytes + ((<usize>(group * groupFloats)) << 2);
    for (let chunk = firstChunk; chunk < endChunk; chunk++) {
      const image = chunk * r.imagesPerChunk,
        images = min(r.imagesPerChunk, r.images - image);
      copyGroup(
        r.src,
        <usize>image * imageBytes,
        r.xView,
        images,
        r.height,
        r.width,
        r.channels,
        group * r.groupIn,
        min(r.groupIn, r.channels - group * r.groupIn),
        r.groupIn,
        scratch,
        r.pad,
        r.paddedHeight,
        r.paddedWidth,
      );
      const offset = <usize>image * r.dyImageBytes + ((<usize>(group * r.groupOut)) << 2);
      let dy = r.dy + offset;
      if (r.dyView) {
        dy = scratch + paddedBytes;
        viewPixels(
          changetype<View>(r.dyView), r.dy, offset, <usize>r.dyChannels << 2, dy, <usize>(ceilDiv(r.groupOut, 8) << 5), 0,
          images * r.pixels, 1, group * r.groupOut, min(r.groupOut, r.dyChannels - group * r.groupOut),
        );
      }
      const accumulate = chunk > firstChunk ? 1 : 0;
      if (r.winograd) addFilterGrad(r, dy, <usize>(r.dyView ? r.groupOut : r.dyChannels) << 2, images, scratch, accumulate);
      else sumGroup(r, dy, images, scratch, out, accumulate);
    }
    if (r.winograd) endFilterGrad(r, scratch, out);
  }
}

function sumGroup(
  r: TableFilterGradRecord,
  dyGroup: usize,
  images: i32,
  scratch: usize,
  out: usize,
  accumulate: i32,
): void {
  const runBytes = (<usize>(r.paddedWidth * r.groupIn)) << 2,
    pixels = r.pixels * images;
  const blocks = ceilDiv(r.groupOut, 8);
  for (let block = 0; block < blocks; block++) {
    const dy = dyGroup + (<usize>block << 5);
    for (let run = 0; run < r.runs; run++) {
      const x = scratch + <usize>run * runBytes;
      for (let k = 0; k < r.runLength; ) {
        const height = restHeight(r.runLength - k, tileRows);
        tableOuterTile(height, x + (<usize>k << 2), r.table, dy, pixels, out, accumulate);
        out += (<usize>height) << 5;
        k += height;
      }
    }
  }
}
