import { InputError } from "../../math/input-error.ts";
import type { DataFile } from "../files/data-file.ts";
import { badFile, bytesText, importLimits } from "../files/limits.ts";
import { classFolders } from "./class-folders.ts";
import { imageHeader } from "./image-header.ts";
import type { LabelledImages } from "./labelled-images.ts";
import type { DecodeImage, Pixels } from "./pixels.ts";

export interface ImageFiles {
  /** Of the archive or folder. */
  readonly name: string;
  readonly kind: string;
  readonly files: readonly DataFile[];
  readonly folders: readonly string[];
  close(): Promise<void>;
}

/** Images in class folders. @throws InputError as `classFolders` does */
export function imagesInFolders(
  { name, kind, files, folders, close }: ImageFiles,
  decode: DecodeImage,
): LabelledImages {
  const tree = classFolders(
    name,
    files.map((file) => file.name),
    folders,
  );
  return {
    name,
    kind,
    classes: tree.classes,
    images: tree.files.map(({ index, label, part }) => {
      const file = files[index]!;
      const where = `${name}: ${file.name}`;
      return { where, label, part, read: () => readImage(file, where, decode) };
    }),
    size: undefined,
    channels: undefined,
    ignored: tree.ignored,
    close,
  };
}

/** Whether a message speaks of one image that cannot be read: the others may do without it. */
export function saysUnreadable(message: string): boolean {
  return /: is (no image;|a damaged [A-Z]+ image )/.test(message);
}

async function readImage(file: DataFile, where: string, decode: DecodeImage): Promise<Pixels> {
  const { fileBytes, imagePixels } = importLimits;
  if (file.size > fileBytes)
    throw badFile(where, `has ${bytesText(file.size)}; at most ${bytesText(fileBytes)} a file is allowed`);
  const bytes = await file.read(0, file.size);
  const header = imageHeader(bytes);
  if (header === undefined) throw badFile(where, "is no image; PNG, JPEG, WebP, GIF and BMP are allowed");
  const { size } = header;
  // Said by a few bytes, before anything of that size is made.
  if (size !== undefined && size.width * size.height > imagePixels)
    throw badFile(
      where,
      `has ${size.width}×${size.height} pixels; at most ${imagePixels / 1e6} million are allowed`,
    );
  try {
    return await decode(bytes, file.name);
  } catch (error) {
    if (error instanceof InputError)
      throw new InputError(error.problems.map(({ message }) => ({ path: where, message })));
    const reason = error instanceof Error ? error.message : String(error);
    throw badFile(where, `is a damaged ${header.format.toUpperCase()} image (${reason})`);
  }
}
