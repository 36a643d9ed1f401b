import { TableConvRecord, TableFilterGradRecord, Winograd, WINOGRAD_EVEN } from "./records";
import { ceilDiv, fillFloats } from "./simd";
import { matrixOuterTile, matrixTile, restHeight, tileRows } from "./tile";
import { filterGradients } from "./winograd-filters";
import { resultGradients, results } from "./winograd-results";
import { depthOf, productCount, sideOf, valueCount, windowStep } from "./winograd-schemes";
import { windowValues } from "./winograd-windows";

// 3×3 convolutions by Winograd's minimal filtering: the arithmetic is in winograd-schemes.ts. Runs on the padded copy of one
// group of a chunk (table-conv.ts), a block of tiles at a time.

/** One group of the images whose padded copy is at `padded`, the first of them image `image`. */
export function winogradConv(r: TableConvRecord, group: i32, image: i32, images: i32, padded: usize): void {
  const w = changetype<Winograd>(r.winograd), scheme = WINOGRAD_EVEN;
  const perImage = w.tileRows * w.tileColumns, tiles = perImage * images;
  const inBytes = <usize>r.groupIn << 2, outBytes = <usize>r.groupOut << 2, pixelBytes = <usize>r.dstChannels << 2;
  const values = padded + w.valuesAt, products = values + <usize>(valueCount(scheme) * w.blockTiles) * inBytes;
  const filters = w.filters + (<usize>(group * r.groupIn * r.groupOut * valueCount(scheme)) << 2);
  const chunk = <usize>image * r.dstImageBytes + <usize>group * outBytes;
  for (let first = 0; first < tiles; first += w.blockTiles) {
    const count = min(w.blockTiles, tiles - first);
    blockValues(w, scheme, first, count, padded, r.paddedHeight, r.paddedWidth, inBytes, values);
    multiply(count, r.groupIn, r.groupOut, values, filters, products);
    for (let tile = 0; tile < count; tile++) {
      const within = (first + tile) % perImage;
      const y = within / w.tileColumns * 2, x = within % w.tileColumns * 2;
      const at = chunk + <usize>((first + tile) / perImage) * r.dstImageBytes + <usize>(y * w.outWidth + x) * pixelBytes;
      const init = r.init ? r.init + (r.initIsMap ? at : <usize>group * outBytes) : 0;
      results(
        products, tile, count, outBytes, r.dst + at, pixelBytes, <usize>w.outWidth * pixelBytes,
        init, r.initIsMap, w.outHeight - y, w.outWidth - x,
      );
    }
  }
}

/** V of `count` tiles from `first` on: [product][tile][value][channel]. */
function blockValues(
  w: Winograd, scheme: i32, first: i32, count: i32, padded: usize, paddedHeight: i32, paddedWidth: i32, pixelBytes: usize,
  values: usize,
): void {
  const perImage = w.tileRows * w.tileColumns, step = windowStep(scheme);
  for (let tile = 0; tile < count; tile++) {
    const image = (first + tile) / perImage, within = (first + tile) % perImage;
    const y = image * paddedHeight + within / w.tileColumns * step, x = within % w.tileColumns * step;
    const window = padded + <usize>(y * paddedWidth + x) * pixelBytes;
    windowValues(scheme, window, <usize>paddedWidth * pixelBytes, pixelBytes, values, tile, count);
  }
}

/** M = V · U, product by product: M is [product][tile][filter]. */
function multiply(count: i32, depth: i32, filters: i32, v: usize, u: usize, m: usize): void {
  const vBytes = <usize>depth << 2, mBytes = <usize>filters << 2, most = tileRows;
  for (let product = 0; product < 16; product++) {
    for (let filter = 0; filter < filters; filter += 8, u += <usize>depth << 5) {
      const out = m + (<usize>filter << 2);
      for (let row = 0; row < count; ) {
        let height = restHeight(count - row, most);
        // A single row is done as it is; more of them make the last tile overlap the one before.
        if (height > 1 && height < most && count >= most) {
          height = most;
          row = count - height;
        }
        matrixTile(height, v + <usize>row * vBytes, vBytes, u, 32, depth, out + <usize>row * mBytes, mBytes, 0, 0);
        row += height;
      }
    }
    v += <usize>count * vBytes;
    m += <usize>count * mBytes;
  }
}

/** The packed filter gradient of one group, `out`, from the sums of `addFilterGrad` over the images of its slot. */
export function endFilterGrad(r: TableFilterGradRecord, padded: usize, out: usize): void {
  const w = changetype<Winograd>(r.winograd);
  filterGradients(w.scheme, r.groupIn, r.groupOut, sumsAt(r, w, padded), out);
}

/** dU (+)= Vᵀ · A·dY·Aᵀ in the scratch: `dy` is the group's in the chunk's first image, its pixels dyBytes apart. */
export function addFilterGrad(r: TableFilterGradRecord, dy: usize, dyBytes: usize, images: i32, padded: usize, accumulate: i32): void {
  const w = changetype<Winograd>(r.winograd), scheme = w.scheme;
  const perImage = w.tileRows * w.tileColumns, tiles = perImage * images;
  const inBytes = <usize>r.groupIn << 2, outBytes = <usize>r.groupOut << 2;
  const values = padded + w.valuesAt, products = values + <usize>(valueCount(scheme) * w.blockTiles) * inBytes;
  const sums = sumsAt(r, w, padded), zeros = sums + <usize>(valueCount(scheme) * r.groupIn) * outBytes;
  fillFloats(zeros, r.groupOut, 0);
  for (let first = 0; first < tiles; first += w.blockTiles) {
    const count = min(w.blockTiles, tiles - first);
    blockValues(w, scheme, first, count, padded, r.paddedHeight, r.paddedWidth, inBytes, values);
    for (let tile = 0; tile < count; tile++) {
      const image = (first + tile) / perImage, within = (first + tile) % perImage;
      const y = within / w.tileColumns * 2, x = within % w.tileColumns * 2;
      const at = dy + <usize>((image * w.outHeight + y) * w.outWidth + x) * dyBytes, below = at + <usize>w.outWidth * dyBytes;
      const right = x + 1 < w.outWidth, under = y + 1 < w.outHeight;
      resultGradients(
        scheme, at, right ? at + dyBytes : zeros, under ? below : zeros, right && under ? below + dyBytes : zeros,
        products, tile, count, outBytes,
      );
    }
    multiplyGradients(scheme, count, r.groupIn, r.groupOut, values, products, sums, accumulate || first > 0 ? 1 : 0);
  }
}

@inline
function sumsAt(r: TableFilterGradRecord, w: Winograd, padded: usize): usize {
  const floats = w.blockTiles * (valueCount(w.scheme) * r.groupIn + productCount(w.scheme) * r.groupOut);
  return padded + w.valuesAt + (<usize>floats << 2);
}

function multiplyGradients(
  scheme: i32, count: i32, groupIn: i32, groupOut: i32, v: usize, m: usize, u: usize, accumulate: i32,
): void {
  const side = sideOf(scheme), mBytes = <usize>groupOut << 2;
  for (let i = 0; i < side; i++) {
    for (let j = 0; j < side; j++) {
      const depth = depthOf(scheme, i) * depthOf(scheme, j) * groupIn, vBytes = <usize>depth << 2;
      for (let block = 0; block < ceilDiv(groupOut, 8); block++) {
        for (let d = 0; d < depth; ) {
          const height = restHeight(depth - d, tileRows);
          matrixOuterTile(height, v + (<usize>d << 2), vBytes, m + (<usize>block << 5), mBytes, count, u, 32, accumulate);
          d += height;
          u += <usize>height << 5;
        }
      }
      v += <usize>count * vBytes;
      m += <usize>count * mBytes;
    }
  }
}
