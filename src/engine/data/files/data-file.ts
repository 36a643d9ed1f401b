/** A file to be read in parts: dropped on the page, or on disk. */
export interface DataFile {
  /** Path as the user knows it; of a folder's files below that folder, with "/". */
  readonly name: string;
  /** Bytes. */
  readonly size: number;
  /** Bytes from `start` up to, not including, `end`. */
  read(start: number, end: number): Promise<Uint8Array<ArrayBuffer>>;
}

/** A file that was dropped on the page or chosen there. */
export function blobFile(blob: Blob, name: string): DataFile {
  return {
    name,
    size: blob.size,
    read: async (start, end) => new Uint8Array(await blob.slice(start, end).arrayBuffer()),
  };
}

/** Bytes that are in memory. */
export function memoryFile(bytes: Uint8Array<ArrayBuffer>, name: string): DataFile {
  return { name, size: bytes.length, read: async (start, end) => bytes.slice(start, end) };
}

const pieceBytes = 4 * 1024 * 1024;

/** The whole file, piece by piece. */
export async function* pieces(
  { size, read }: Pick<DataFile, "size" | "read">,
  signal?: AbortSignal,
): AsyncGenerator<Uint8Array<ArrayBuffer>> {
  for (let at = 0; at < size; at += pieceBytes) {
    signal?.throwIfAborted();
    yield await read(at, Math.min(size, at + pieceBytes));
  }
}

/** Bare file name of a path. */
export function baseName(path: string): string {
  return path.slice(path.lastIndexOf("/") + 1);
}
