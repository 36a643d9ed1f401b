import { badFile, importLimits } from "../files/limits.ts";
import type { Part } from "./labelled-images.ts";

/** Where a file belongs. */
export interface ClassifiedPath {
  /** Index into the list of paths that was given. */
  readonly index: number;
  readonly label: number;
  readonly part: Part | undefined;
}

export interface ClassFolders {
  /** Folder names, in the order of their characters; a label is an index. */
  readonly classes: readonly string[];
  readonly files: readonly ClassifiedPath[];
  /** Files beside the class folders that are no images (README, licence). */
  readonly ignored: readonly string[];
}

/** Names of the folders of a division into training and test images. */
const parts: Readonly<Record<string, Part>> = {
  train: "train",
  training: "train",
  test: "test",
  testing: "test",
  val: "test",
  valid: "test",
  validation: "test",
};

/** What file systems and archivers add of their own. */
const clutter = /(^|\/)(__MACOSX|\.[^/]*|Thumbs\.db|desktop\.ini)(\/|$)/i;
const imageName = /\.(png|jpe?g|webp|gif|bmp)$/i;

/**
 * Reads classes off a tree of folders: `rose/1.png`, or `train/rose/1.png` with `test/rose/2.png`; one folder around all
 * of it does not matter. A validation folder beside a test folder adds to the training images: a regime holds out its own.
 * @param name of the archive or folder, for errors
 * @param folders those that are known to exist, empty ones too
 * @throws InputError where there are no classes, only one, an image outside of them, or a class without images
 */
export function classFolders(
  name: string,
  paths: readonly string[],
  folders: readonly string[] = [],
): ClassFolders {
  const kept = paths
    .map((path, index) => ({ parts: path.split("/"), index }))
    .filter(({ index }) => !clutter.test(paths[index]!));
  const known = folders
    .filter((folder) => folder !== "" && !clutter.test(folder))
    .map((folder) => folder.split("/"));
  const depth = wrapping(
    kept.map((file) => file.parts),
    known,
  );
  const files = kept.map((file) => ({ ...file, parts: file.parts.slice(depth) }));
  const inner = known.map((folder) => folder.slice(depth)).filter((folder) => folder.length > 0);

  const tops = new Set([
    ...files.filter((file) => file.parts.length > 1).map((file) => file.parts[0]!),
    ...inner.map(([top]) => top!),
  ]);
  const divided =
    [...tops].some((top) => partOf(top) === "train") && [...tops].some((top) => partOf(top) === "test");
  const level = divided ? 1 : 0;
  const hasTest = [...tops].some((top) => /^test/i.test(top));

  const ignored: string[] = [];
  const found: { index: number; className: string; part: Part | undefined }[] = [];
  for (const { parts: path, index } of files) {
    const inPart = !divided || partOf(path[0]!) !== undefined;
    if (path.length <= level + 1 || !inPart) {
      if (imageName.test(paths[index]!))
        throw badFile(name, `${paths[index]} lies in no class folder; ${layout} is allowed`);
      ignored.push(paths[index]!);
      continue;
    }
    found.push({
      index,
      className: path[level]!,
      part: divided ? divisionPart(path[0]!, hasTest) : undefined,
    });
  }
  const classes = [...new Set(found.map(({ className }) => className))].sort(byCharacters);
  checkClasses(name, classes);
  const empty = inner
    .filter((folder) => folder.length === level + 1 && (!divided || partOf(folder[0]!) !== undefined))
    .find(
      (folder) =>
        !files.some(
          ({ parts: path }) => path.length > folder.length && folder.every((part, i) => part === path[i]),
        ),
    );
  if (empty !== undefined)
    throw badFile(name, `class folder ${empty.join("/")} is empty; every class needs images`);
  const labels = new Map(classes.map((className, label) => [className, label]));
  return {
    classes,
    files: found.map(({ index, className, part }) => ({ index, part, label: labels.get(className)! })),
    ignored,
  };
}

/** @throws InputError where there are too few or too many */
export function checkClasses(name: string, classes: readonly string[]): void {
  const { classes: most } = importLimits;
  if (classes.length === 0) throw badFile(name, `holds no images in class folders; ${layout} is allowed`);
  if (classes.length === 1)
    throw badFile(name, `holds one class only (${classes[0]}); at least 2 are needed to tell apart`);
  if (classes.length > most)
    throw badFile(name, `holds ${classes.length} classes; at most ${most} are allowed`);
}

const layout = "a folder for each class (rose/1.png), or those in train/ and test/ (train/rose/1.png)";

function byCharacters(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}

function partOf(folder: string): Part | undefined {
  const key = folder.toLowerCase();
  return Object.hasOwn(parts, key) ? parts[key] : undefined;
}

function divisionPart(folder: string, hasTest: boolean): Part {
  const part = partOf(folder)!;
  return part === "test" && hasTest && !/^test/i.test(folder) ? "train" : part;
}

/** How many folders lie around everything: "flowers/rose/1.png", "flowers/tulip/2.png" have one around them. */
function wrapping(files: readonly (readonly string[])[], folders: readonly (readonly string[])[]): number {
  let depth = 0;
  for (;;) {
    const tops = new Set<string>();
    for (const path of files) {
      // Files beside the folder (README) do not matter, images do.
      if (path.length > depth + 1) tops.add(path[depth]!);
      else if (imageName.test(path.at(-1)!)) return depth;
    }
    for (const folder of folders) if (folder.length > depth) tops.add(folder[depth]!);
    const [only] = tops;
    const around =
      tops.size === 1 && partOf(only!) === undefined && files.some((path) => path.length > depth + 2);
    if (!around) return depth;
    depth += 1;
  }
}
