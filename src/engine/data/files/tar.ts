import { ByteReader } from "./byte-reader.ts";
import { badFile, bytesText, checkedPath } from "./limits.ts";

/** A regular file of a tar archive. */
export interface TarEntry {
  /** With "/", checked. */
  readonly path: string;
  readonly bytes: Uint8Array<ArrayBuffer>;
}

export interface TarLimits {
  readonly files: number;
  readonly fileBytes: number;
}

const block = 512;
/** Of an extended header. Writers on macOS put whole extended attributes there; Go's reader takes as much. */
const headerBytes = 2 ** 20;

/**
 * Regular files of a tar archive, one after another: POSIX ustar and pax, GNU's and the oldest headers. Folders and links
 * are passed over.
 * @param wanted says of a path whether its bytes are wanted; the others are passed over unread
 * @throws InputError where the archive is cut off or is none, or goes past the limits
 */
export async function* readTar(
  source: AsyncIterable<Uint8Array<ArrayBuffer>>,
  name: string,
  limits: TarLimits,
  wanted: (path: string) => boolean = () => true,
): AsyncGenerator<TarEntry> {
  const reader = new ByteReader(source);
  /** Of the entry after an extended header. */
  let said: Extended = {};
  try {
    for (let files = 0; ; files++) {
      const header = await reader.take(block);
      // Some writers leave out the two empty blocks at the end.
      if (header.length === 0 || header.every((byte) => byte === 0)) {
        // Read to its end, what unpacks the archive finds out whether it is whole.
        while ((await reader.take(2 ** 16)).length > 0);
        return;
      }
      if (header.length < block) throw cutOff(name);
      if (!hasChecksum(header)) throw badFile(name, "is no tar archive: a header's checksum is wrong");
      if (files >= limits.files)
        throw badFile(name, `holds more than ${limits.files} entries, which is all that is allowed`);
      const type = String.fromCharCode(header[156]!);
      const isExtension = extensions.has(type);
      const size = (isExtension ? undefined : said.size) ?? octal(header, 124, 12);
      if (!Number.isInteger(size) || size < 0)
        throw badFile(name, "is no tar archive: a header holds no size");
      const padding = (block - (size % block)) % block;
      if (isExtension) {
        if (size > headerBytes)
          throw badFile(
            name,
            `an extended header has ${bytesText(size)}; at most ${bytesText(headerBytes)} are allowed`,
          );
        const bytes = await reader.take(size);
        if (bytes.length < size || !(await reader.skip(padding))) throw cutOff(name);
        said = { ...said, ...(type === "L" ? { path: text(bytes, 0, size) } : paxOf(bytes)) };
        continue;
      }
      const path = checkedPath(name, said.path ?? pathOf(header));
      said = {};
      const regular = type === "\0" || type === "0" || type === "7";
      if (!regular || !wanted(path)) {
        if (!(await reader.skip(size + padding))) throw cutOff(name);
        continue;
      }
      if (size > limits.fileBytes)
        throw badFile(
          name,
          `${path} has ${bytesText(size)}; at most ${bytesText(limits.fileBytes)} a file is allowed`,
        );
      const bytes = await reader.take(size);
      if (bytes.length < size || !(await reader.skip(padding))) throw cutOff(name);
      yield { path, bytes };
    }
  } finally {
    await reader.close();
  }
}

function cutOff(name: string): Error {
  return badFile(name, "is cut off: the archive ends within a file");
}

interface Extended {
  readonly path?: string;
  readonly size?: number;
}

/** Headers that speak of the entry after them: GNU's long name, pax. What holds for all of an archive has no paths. */
const extensions: ReadonlySet<string> = new Set(["L", "x"]);

/** Lines of a pax header, `27 path=...\n`: their length with the number itself in it, a key, a value. */
function paxOf(bytes: Uint8Array): Extended {
  const said: { path?: string; size?: number } = {};
  for (let at = 0; at < bytes.length; ) {
    const [line, length] = /^(\d+) /.exec(text(bytes, at, 20)) ?? [];
    const end = at + Number(length);
    if (line === undefined || Number(length) <= line.length || end > bytes.length) break;
    const record = text(bytes, at + line.length, end - at - line.length - 1);
    const value = record.slice(record.indexOf("=") + 1);
    if (record.startsWith("path=")) said.path = value;
    if (record.startsWith("size=")) said.size = Number(value);
    at = end;
  }
  return said;
}

function pathOf(header: Uint8Array): string {
  // In GNU's own headers, "ustar  " with no zero behind the name, times stand where POSIX has the first part of a path.
  const ustar = text(header, 257, 6) === "ustar";
  const prefix = ustar ? text(header, 345, 155) : "";
  const path = text(header, 0, 100);
  return prefix === "" ? path : `${prefix}/${path}`;
}

/** Sum of all bytes, those of the checksum itself counted as spaces. */
function hasChecksum(header: Uint8Array): boolean {
  const sum = header.reduce((total, byte, i) => total + (i >= 148 && i < 156 ? 32 : byte), 0);
  return sum === octal(header, 148, 8);
}

function octal(header: Uint8Array, start: number, length: number): number {
  const digits = text(header, start, length).trim();
  return /^[0-7]+$/.test(digits) ? Number.parseInt(digits, 8) : Number.NaN;
}

function text(header: Uint8Array, start: number, length: number): string {
  const field = header.subarray(start, start + length);
  const end = field.indexOf(0);
  return new TextDecoder().decode(end < 0 ? field : field.subarray(0, end));
}
