import type { Pixels } from "../../../engine/data/images/pixels.ts";

/**
 * Decodes whatever the browser can, outside of this thread. Neither colours nor opacity are converted, so that a PNG gives
 * the bytes that it holds; a photograph is turned upright as its camera says.
 */
export async function browserDecode(bytes: Uint8Array<ArrayBuffer>): Promise<Pixels> {
  const bitmap = await createImageBitmap(new Blob([bytes]), {
    colorSpaceConversion: "none",
    premultiplyAlpha: "none",
  });
  try {
    const { width, height } = bitmap;
    const canvas = new OffscreenCanvas(width, height);
    const context = canvas.getContext("2d", { willReadFrequently: true });
    if (context === null) throw new Error("this browser gives no canvas");
    context.drawImage(bitmap, 0, 0);
    return { width, height, data: context.getImageData(0, 0, width, height).data };
  } finally {
    bitmap.close();
  }
}
