import { View } from "./records";
import { copyFloats } from "./simd";
import { viewPixels } from "./view";

// The padded copy that table-driven convolutions read: one group of a chunk of images, [image][row][column][channel
// of the group], zero around every image. Taps that lie side by side in a filter row lie side by side here, so a
// filter row is one run of contiguous floats and no kernel knows about borders.

/**
 * Copies the interior of one group of the images from `offset` on, or of what a view makes of them, `count` of its `groupChannels` channels; the zeros around it were written once and
 * stay. Channels past the count hold what they held: nobody looks at their results.
 */
export function copyGroup(
  src: usize,
  offset: usize,
  view: usize,
  images: i32,
  height: i32,
  width: i32,
  channels: i32,
  firstChannel: i32,
  count: i32,
  groupChannels: i32,
  out: usize,
  pad: i32,
  paddedHeight: i32,
  paddedWidth: i32,
): void {
  const pixelBytes = (<usize>channels) << 2,
    groupBytes = (<usize>groupChannels) << 2;
  let from = src + offset + ((<usize>firstChannel) << 2);
  for (let image = 0; image < images; image++) {
    if (view) {
      const to = out + <usize>((image * paddedHeight + pad) * paddedWidth + pad) * groupBytes;
      const skip = <usize>(paddedWidth - width) * groupBytes;
      viewPixels(changetype<View>(view), src, from - src, pixelBytes, to, groupBytes, skip, width, height, firstChannel, count);
      from += <usize>(width * height) * pixelBytes;
      continue;
    }
    for (let y = 0; y < height; y++) {
      let to = out + <usize>((image * paddedHeight + y + pad) * paddedWidth + pad) * groupBytes;
      if (groupChannels == channels) {
        copyFloats(from, to, width * channels);
        from += <usize>width * pixelBytes;
      } else if (groupChannels == 8 && count == 8) {
        for (let x = 0; x < width; x++, from += pixelBytes, to += 32) {
          v128.store(to, v128.load(from));
          v128.store(to, v128.load(from, 16), 16);
        }
      } else if (groupChannels == 16 && count == 16) {
        for (let x = 0; x < width; x++, from += pixelBytes, to += 64) {
          v128.store(to, v128.load(from));
          v128.store(to, v128.load(from, 16), 16);
          v128.store(to, v128.load(from, 32), 32);
          v128.store(to, v128.load(from, 48), 48);
        }
      } else {
        for (let x = 0; x < width; x++, from += pixelBytes, to += groupBytes)
          copyFloats(from, to, count);
      }
    }
  }
}
