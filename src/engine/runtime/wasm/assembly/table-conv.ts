import { copyGroup } from "./padded";
import {
  Pass,
  TableConvRecord,
  TableFilterGradRecord,
  TILE_AREA,
  TILE_BYTES,
} from "./records";
import { ceilDiv, copyFloats, fillFloats, shareStart } from "./simd";
import { channelOuterTile, channelTile, restHeight, runTile, tableOuterTile, tileRows } from "./tile";

// Convolutions of any kernel, stride and group width. Images are taken in chunks (one large map or several small ones,
// so that there are enough pixels for whole tiles); for one group of a chunk: pad, then tiles of 6 or 4 output pixels ×
// 8 filters. A table lists for every output pixel where its first tap is and where the result goes, so any pixels make
// a tile. Depthwise layers come as groups of 8 channels with a filter each. The input gradient is the same with dY as source: one pass per class of (y mod stride, x mod stride).

/** Unit of work: one group of one chunk. */
export function tableConv(r: TableConvRecord, thread: i32, threads: i32): void {
  const chunks = ceilDiv(r.images, r.imagesPerChunk),
    units = chunks * r.groups;
  const scratch = r.scratch + <usize>thread * r.scratchBytes;
  const tile = TILE_AREA + <usize>thread * TILE_BYTES;
  const imageBytes = (<usize>(r.height * r.width * r.channels)) << 2;
  const end = shareStart(units, thread + 1, threads);
  let unit = shareStart(units, thread, threads);
  if (unit < end) {
    fillFloats(scratch, r.imagesPerChunk * r.paddedHeight * r.paddedWidth * r.groupIn, 0);
  }
  for (; unit < end; unit++) {
    const group = unit % r.groups,
      image = (unit / r.groups) * r.imagesPerChunk;
    const images = min(r.imagesPerChunk, r.images - image);
    copyGroup(
      r.src + <usize>image * imageBytes,
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
    let pass = r.passes;
    for (let i = 0; i < r.passCount; i++, pass += offsetof<Pass>()) {
      convolveGroup(r, changetype<Pass>(pass), group, image, images, scratch, tile);
    }
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
  const skip = (<usize>(r.paddedWidth * r.groupIn - (r.channelwise ? length << 3 : length))) << 2;
  const filterBytes = (<usize>(runs * length)) << 5;
  const blocks = ceilDiv(r.groupOut, 8), most = r.channelwise ? 4 : tileRows;
  const chunk = <usize>image * r.dstImageBytes;
  let w = pass.filters + <usize>(group * blocks) * filterBytes;
  for (let block = 0; block < blocks; block++, w += filterBytes) {
    const channel = (<usize>(group * r.groupOut + block * 8)) << 2,
      left = r.channelwise ? r.channels - group * 8 : r.groupOut - block * 8;
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
      if (r.channelwise) channelTile(height, scratch, table, w, runs, length, skip, out, outBytes, init, r.initIsMap);
      else runTile(height, scratch, table, w, runs, length, skip, out, outBytes, init, r.initIsMap);
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
  const end = shareStart(units, thread + 1, threads);
  let unit = shareStart(units, thread, threads);
  if (unit < end) {
    fillFloats(scratch, r.imagesPerChunk * r.paddedHeight * r.paddedWidth * r.groupIn, 0);
  }
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
        r.src + <usize>image * imageBytes,
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
      sumGroup(r, group, image, images, scratch, out, chunk > firstChunk ? 1 : 0);
    }
  }
}

function sumGroup(
  r: TableFilterGradRecord,
  group: i32,
  image: i32,
  images: i32,
  scratch: usize,
  out: usize,
  accumulate: i32,
): void {
  const runBytes = (<usize>(r.paddedWidth * r.groupIn)) << 2,
    pixels = r.pixels * images;
  const blocks = ceilDiv(r.groupOut, 8);
  for (let block = 0; block < blocks; block++) {
    const dy = r.dy + <usize>image * r.dyImageBytes + ((<usize>(group * r.groupOut + block * 8)) << 2);
    for (let run = 0; run < r.runs; run++) {
      const x = scratch + <usize>run * runBytes;
      for (let k = 0; k < r.runLength; ) {
        const height = r.channelwise ? min(5, r.runLength - k) : restHeight(r.runLength - k, tileRows);
        if (r.channelwise) channelOuterTile(height, x + (<usize>k << 5), r.table, dy, pixels, out, accumulate);
        else tableOuterTile(height, x + (<usize>k << 2), r.table, dy, pixels, out, accumulate);
        out += (<usize>height) << 5;
        k += height;
      }
    }
  }
}
