/** A file of an archive. */
export interface ZipEntry {
  /** Path inside the archive, with "/". */
  readonly name: string;
  readonly bytes: Uint8Array;
}

/**
 * A zip archive of stored (not compressed) files: weights hardly shrink. All files bear the date 1980-01-01, so that the
 * same files give the same archive. APPNOTE.TXT of PKWARE, sections 4.3.7, 4.3.12 and 4.3.16.
 *
 * @throws RangeError from 4 GB or 65,535 files on, where the format would need its 64-bit extension
 */
export function writeZip(entries: readonly ZipEntry[]): Uint8Array<ArrayBuffer> {
  if (entries.length >= 0xffff) throw new RangeError(`${entries.length} files do not fit a zip archive`);
  const files = entries.map(({ name, bytes }) => ({
    name: new TextEncoder().encode(name),
    bytes,
    crc: crc32(bytes),
  }));
  const parts: Uint8Array[] = [];
  const directory: Uint8Array[] = [];
  let offset = 0;
  for (const { name, bytes, crc } of files) {
    const common = [
      u16(20), // version needed: 2.0
      u16(0x0800), // names are UTF-8
      u16(0), // stored
      u16(0), // time: midnight
      u16(0x0021), // date: 1980-01-01
      u32(crc),
      u32(bytes.length),
      u32(bytes.length),
      u16(name.length),
      u16(0), // no extra field
    ];
    const local = join([u32(0x04034b50), ...common, name]);
    // No comment, first disk, no attributes.
    const rest = [u16(0), u16(0), u16(0), u32(0), u32(offset), name];
    directory.push(join([u32(0x02014b50), u16(20), ...common, ...rest]));
    parts.push(local, bytes);
    offset += local.length + bytes.length;
    if (offset > 0xffffffff) throw new RangeError("more than 4 GB do not fit a zip archive");
  }
  const index = join(directory);
  const count = u16(files.length);
  const end = [u32(0x06054b50), u16(0), u16(0), count, count, u32(index.length), u32(offset), u16(0)];
  return join([...parts, index, ...end]);
}

const crcTable = Uint32Array.from({ length: 256 }, (_, byte) => {
  let value = byte;
  for (let bit = 0; bit < 8; bit++) value = value & 1 ? 0xedb88320 ^ (value >>> 1) : value >>> 1;
  return value >>> 0;
});

/** CRC-32 of IEEE 802.3. */
export function crc32(bytes: Uint8Array): number {
  let crc = 0xffffffff;
  for (const byte of bytes) crc = crcTable[(crc ^ byte) & 0xff]! ^ (crc >>> 8);
  return (crc ^ 0xffffffff) >>> 0;
}

function u16(value: number): Uint8Array {
  return Uint8Array.of(value & 0xff, value >>> 8);
}

function u32(value: number): Uint8Array {
  return Uint8Array.of(value & 0xff, (value >>> 8) & 0xff, (value >>> 16) & 0xff, value >>> 24);
}

function join(parts: readonly Uint8Array[]): Uint8Array<ArrayBuffer> {
  const joined = new Uint8Array(parts.reduce((sum, { length }) => sum + length, 0));
  let at = 0;
  for (const part of parts) {
    joined.set(part, at);
    at += part.length;
  }
  return joined;
}
