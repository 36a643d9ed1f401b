import { baseName, type DataFile } from "../files/data-file.ts";
import { isGzip } from "../files/gunzip.ts";
import { badFile } from "../files/limits.ts";
import { openZip } from "../files/zip.ts";
import { readCsvImages } from "./csv-images.ts";
import { isIdx, readIdxPairs } from "./idx-pair.ts";
import { imagesInFolders } from "./image-files.ts";
import { imageHeader } from "./image-header.ts";
import type { LabelledImages } from "./labelled-images.ts";
import type { DecodeImage } from "./pixels.ts";

/** What may be made into a data set, in words. */
export const allowedSources =
  "a zip of class folders, one or two CSV files of pixels, or a pair of IDX files (images and labels; .gz too)";

/**
 * The images of files that somebody dropped or named, whatever form they have.
 * @throws InputError where they are of no form that is known, or damaged
 */
export async function openImages(files: readonly DataFile[], decode: DecodeImage): Promise<LabelledImages> {
  const [first] = files;
  const names = files.map((file) => file.name).join(", ");
  if (first === undefined) throw badFile("", `no files; ${allowedSources} are allowed`);
  const starts = await Promise.all(files.map((file) => file.read(0, Math.min(file.size, 64))));
  if (starts.some(isZip)) {
    if (files.length > 1) throw badFile(names, "one zip archive at a time is allowed");
    const zip = await openZip(first);
    try {
      return imagesInFolders({ ...zip, name: first.name, kind: "zip of class folders" }, decode);
    } catch (error) {
      await zip.close();
      throw error;
    }
  }
  if (files.every(({ name }, i) => isIdx(starts[i]!) || (isGzip(starts[i]!) && /ubyte|idx/i.test(name))))
    return readIdxPairs(files);
  if (files.every(({ name }) => /\.csv(\.gz)?$/i.test(name))) return readCsvImages(files);
  if (files.some(({ name }) => name.includes("/"))) return folderOf(files, decode);
  if (starts.some((start) => imageHeader(start) !== undefined))
    throw badFile(
      baseName(first.name),
      `single images say nothing of their classes; ${allowedSources} are allowed`,
    );
  throw badFile(baseName(first.name), `is of no kind that is known; ${allowedSources} are allowed`);
}

/** Files of a folder that was chosen in the page: their names begin with the folder's. */
function folderOf(files: readonly DataFile[], decode: DecodeImage): LabelledImages {
  const name = files[0]!.name.split("/")[0]!;
  return imagesInFolders({ name, kind: "class folders", files, folders: [], close: async () => {} }, decode);
}

function isZip(start: Uint8Array): boolean {
  return start[0] === 0x50 && start[1] === 0x4b && (start[2]! === 3 || start[2]! === 5);
}
