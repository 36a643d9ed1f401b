import { InputError } from "../../math/input-error.ts";

/** What an import takes. They keep a small hostile file from filling memory and disk. */
export const importLimits = {
  /** Files of one archive or folder. */
  files: 500_000,
  /** One file, unpacked. */
  fileBytes: 64 * 2 ** 20,
  /** All files of an archive, unpacked. */
  unpackedBytes: 16 * 2 ** 30,
  /** Unpacked to packed size; images hardly shrink, deflate reaches 1,032. */
  ratio: 200,
  /** Below this many unpacked bytes the ratio does not matter: a few kilobytes of one colour do no harm. */
  ratioFromBytes: 2 ** 20,
  /** Pixels of one image before it is resized. */
  imagePixels: 100_000_000,
  /** All images of a set, resized. */
  packedBytes: 2 ** 30,
  /** Labels are bytes. */
  classes: 256,
  nameLength: 255,
} as const;

export function badFile(path: string, message: string): InputError {
  return new InputError([{ path, message }]);
}

/** `64 MB`, `1.5 GB`, `300 kB`. */
export function bytesText(bytes: number): string {
  const [unit, name] = bytes >= 2 ** 30 ? [2 ** 30, "GB"] : bytes >= 2 ** 20 ? [2 ** 20, "MB"] : [1024, "kB"];
  return `${Number((bytes / unit).toPrecision(3))} ${name}`;
}

/**
 * The path of an archive's entry, with "/" only. It is never used to write anywhere; but one that tries to lead out of the
 * archive is no archive of images.
 * @throws InputError for absolute paths, "..", control characters and names that are too long
 */
export function checkedPath(archive: string, path: string): string {
  const plain = path.replaceAll("\\", "/");
  const parts = plain.split("/");
  const problem = /^\/|^[A-Za-z]:/.test(plain)
    ? "an absolute path"
    : parts.includes("..")
      ? 'a path with ".."'
      : /\p{Cc}/u.test(plain)
        ? "a path with control characters"
        : parts.some((part) => part.length > importLimits.nameLength)
          ? `a name of more than ${importLimits.nameLength} characters`
          : undefined;
  if (problem !== undefined)
    throw badFile(
      archive,
      `${JSON.stringify(path.slice(0, 80))} is ${problem}; paths inside the archive are allowed`,
    );
  return parts.filter((part) => part !== "" && part !== ".").join("/");
}

/** @throws InputError where an entry promises to unpack to more than is allowed, or to suspiciously much */
export function checkUnpackedSize(archive: string, path: string, packed: number, unpacked: number): void {
  const { fileBytes, ratio, ratioFromBytes } = importLimits;
  if (unpacked > fileBytes)
    throw badFile(
      archive,
      `${path} unpacks to ${bytesText(unpacked)}; at most ${bytesText(fileBytes)} a file is allowed`,
    );
  if (unpacked > ratioFromBytes && unpacked > ratio * packed)
    throw badFile(
      archive,
      `${path} unpacks from ${bytesText(packed)} to ${bytesText(unpacked)}; at most ${ratio} times its size is allowed`,
    );
}
