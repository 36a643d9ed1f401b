/** Formats that images may have; browsers decode all of them, the command line PNG and JPEG. */
export type ImageFormat = "png" | "jpeg" | "webp" | "gif" | "bmp";

export interface ImageHeader {
  readonly format: ImageFormat;
  /** Pixels; undefined where the header does not say, or is damaged. */
  readonly size: { readonly width: number; readonly height: number } | undefined;
}

/** What the first bytes say of an image: known before anything is unpacked. undefined for what is no image. */
export function imageHeader(bytes: Uint8Array): ImageHeader | undefined {
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const starts = (text: string, at = 0) =>
    bytes.length >= at + text.length && [...text].every((char, i) => bytes[at + i] === char.charCodeAt(0));
  const sized = (format: ImageFormat, least: number, size: () => { width: number; height: number }) => ({
    format,
    size: bytes.length >= least ? size() : undefined,
  });
  if (starts("\x89PNG\r\n\x1a\n"))
    return sized("png", 24, () => ({ width: view.getUint32(16), height: view.getUint32(20) }));
  if (starts("\xff\xd8\xff")) return { format: "jpeg", size: jpegSize(view) };
  if (starts("GIF87a") || starts("GIF89a"))
    return sized("gif", 10, () => ({ width: view.getUint16(6, true), height: view.getUint16(8, true) }));
  if (starts("RIFF") && starts("WEBP", 8)) return { format: "webp", size: webpSize(view, starts) };
  if (starts("BM"))
    return sized("bmp", 26, () => ({
      width: Math.abs(view.getInt32(18, true)),
      height: Math.abs(view.getInt32(22, true)),
    }));
  return undefined;
}

/** Of the first frame header (ITU-T T.81, B.2.2); segments before it are passed over. */
function jpegSize(view: DataView): { width: number; height: number } | undefined {
  let at = 2;
  while (at + 9 < view.byteLength) {
    if (view.getUint8(at) !== 0xff) return undefined;
    const marker = view.getUint8(at + 1);
    if (marker === 0xff) {
      at += 1;
      continue;
    }
    // C4, C8 and CC are tables, not frames.
    const frame = marker >= 0xc0 && marker <= 0xcf && marker !== 0xc4 && marker !== 0xc8 && marker !== 0xcc;
    if (frame) return { height: view.getUint16(at + 5), width: view.getUint16(at + 7) };
    at += 2 + view.getUint16(at + 2);
  }
  return undefined;
}

/** Of the lossy, lossless or extended form (RFC 9649). */
function webpSize(
  view: DataView,
  starts: (text: string, at: number) => boolean,
): { width: number; height: number } | undefined {
  if (view.byteLength < 30) return undefined;
  if (starts("VP8 ", 12))
    return { width: view.getUint16(26, true) & 0x3fff, height: view.getUint16(28, true) & 0x3fff };
  if (starts("VP8L", 12)) {
    const bits = view.getUint32(21, true);
    return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 };
  }
  if (!starts("VP8X", 12)) return undefined;
  const at = (start: number) => (view.getUint16(start, true) | (view.getUint8(start + 2) << 16)) + 1;
  return { width: at(24), height: at(27) };
}
