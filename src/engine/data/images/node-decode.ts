import jpeg from "jpeg-js";
import { PNG } from "pngjs";
import { importLimits } from "../files/limits.ts";
import { imageHeader } from "./image-header.ts";
import { jpegOrientation, upright } from "./orientation.ts";
import type { Pixels } from "./pixels.ts";

/** Decodes PNG and JPEG without a browser; a photograph is turned upright, as browsers do. Rejects other formats, and what is damaged, with the reason. */
export async function nodeDecode(bytes: Uint8Array<ArrayBuffer>): Promise<Pixels> {
  const format = imageHeader(bytes)?.format;
  switch (format) {
    case "png":
      return PNG.sync.read(Buffer.from(bytes.buffer, bytes.byteOffset, bytes.length));
    case "jpeg":
      return upright(
        jpeg.decode(bytes, {
          useTArray: true,
          formatAsRGBA: true,
          tolerantDecoding: false,
          maxResolutionInMP: importLimits.imagePixels / 1e6,
          maxMemoryUsageInMB: 2048,
        }),
        jpegOrientation(bytes),
      );
    default:
      throw new Error(`${format?.toUpperCase()} is read in the page only; here PNG and JPEG are`);
  }
}
