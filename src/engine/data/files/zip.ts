import { type FileEntry, Reader, Writer, ZipReader } from "@zip.js/zip.js";
import type { DataFile } from "./data-file.ts";
import { badFile, bytesText, checkedPath, checkUnpackedSize, importLimits } from "./limits.ts";

/** Files and folders of a zip archive; nothing is unpacked before it is read. */
export interface ZipListing {
  readonly files: readonly DataFile[];
  /** Folders that are entries of their own, without the "/" at the end. */
  readonly folders: readonly string[];
  close(): Promise<void>;
}

/** zip.js starts workers of its own unless told not to; imports run in a worker already, and in Node. */
const plain = { useWebWorkers: false } as const;

/**
 * Lists an archive and checks what it promises: number and size of files, paths, duplicates, encryption.
 * @throws InputError where it is cut off, is no zip archive or goes past the limits
 */
export async function openZip(file: DataFile): Promise<ZipListing> {
  const reader = new ZipReader(new FileReader(file), {
    ...plain,
    checkSignature: true,
    // Every name is checked below, by one rule for all kinds of archives.
    filenameValidation: "tolerant",
  });
  try {
    return await list(file, reader);
  } catch (error) {
    await reader.close().catch(() => {});
    throw asBadFile(file.name, error);
  }
}

async function list(file: DataFile, reader: ZipReader<unknown>): Promise<ZipListing> {
  const files: DataFile[] = [];
  const folders: string[] = [];
  const paths = new Set<string>();
  let total = 0;
  let count = 0;
  for await (const entry of reader.getEntriesGenerator()) {
    if (++count > importLimits.files)
      throw badFile(file.name, `holds more than ${importLimits.files} files, which is all that is allowed`);
    const path = checkedPath(file.name, entry.filename);
    if (entry.directory) {
      folders.push(path);
      continue;
    }
    if (paths.has(path)) throw badFile(file.name, `holds ${path} twice; every path is allowed once`);
    paths.add(path);
    if (entry.encrypted)
      throw badFile(file.name, `${path} is encrypted; archives without a password are allowed`);
    checkUnpackedSize(file.name, path, entry.compressedSize, entry.uncompressedSize);
    total += entry.uncompressedSize;
    if (total > importLimits.unpackedBytes)
      throw badFile(
        file.name,
        `unpacks to more than ${bytesText(importLimits.unpackedBytes)}, which is all that is allowed`,
      );
    files.push(entryFile(file.name, path, entry));
  }
  return { files, folders, close: () => reader.close() };
}

function entryFile(archive: string, path: string, entry: FileEntry): DataFile {
  const size = entry.uncompressedSize;
  let unpacked: Promise<Uint8Array<ArrayBuffer>> | undefined;
  const unpack = async () => {
    try {
      return await entry.getData(new BoundedWriter(size), { ...plain, checkSignature: true });
    } catch (error) {
      throw asBadFile(`${archive}: ${path}`, error);
    }
  };
  return {
    name: path,
    size,
    async read(start, end) {
      // Read whole as a rule; parts of it are read while its header is looked at.
      if (start === 0 && end >= size) return unpack();
      unpacked ??= unpack();
      return (await unpacked).slice(start, end);
    },
  };
}

/** Keeps what is unpacked, and stops where there is more than the directory promised. */
class BoundedWriter extends Writer<Uint8Array<ArrayBuffer>> {
  readonly #bytes: Uint8Array<ArrayBuffer>;
  #filled = 0;

  constructor(size: number) {
    super();
    this.#bytes = new Uint8Array(size);
  }

  override async writeUint8Array(part: Uint8Array): Promise<void> {
    if (this.#filled + part.length > this.#bytes.length)
      throw new RangeError(`unpacks to more than the ${this.#bytes.length} bytes that the archive promises`);
    this.#bytes.set(part, this.#filled);
    this.#filled += part.length;
  }

  override async getData(): Promise<Uint8Array<ArrayBuffer>> {
    return this.#bytes.slice(0, this.#filled);
  }
}

class FileReader extends Reader<DataFile> {
  readonly #file: DataFile;

  constructor(file: DataFile) {
    super(file);
    this.#file = file;
    this.size = file.size;
  }

  override readUint8Array(index: number, length: number): Promise<Uint8Array> {
    return this.#file.read(index, Math.min(index + length, this.#file.size));
  }
}

/** The library's words for what is wrong, where the reader's own would help more. */
const words: readonly (readonly [RegExp, string])[] = [
  [
    /End of central directory not found|split zip|format is not recognized/i,
    "is cut off, or is no zip archive: its table of contents is missing",
  ],
  [/signature|crc/i, "is damaged: its checksum is wrong"],
  [
    /end of central directory|central directory|local file header|local header/i,
    "is damaged: its table of contents is wrong",
  ],
  [/compression method/i, "is packed in a way that is not known; stored and deflated files are allowed"],
];

function asBadFile(where: string, error: unknown): unknown {
  if (!(error instanceof Error) || error.name === "InputError" || error.name === "AbortError") return error;
  const said = words.find(([pattern]) => pattern.test(error.message))?.[1];
  return badFile(
    where,
    said ?? (error instanceof RangeError ? error.message : `is cut off or damaged (${error.message})`),
  );
}
