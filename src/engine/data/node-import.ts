import { rm } from "node:fs/promises";
import { join, resolve } from "node:path";
import type { DatasetEntry } from "./catalogue.ts";
import { cifarFiles, readCifarArchive, readCifarFiles } from "./cifar.ts";
import { datasetFolder, ownPrefix } from "./dataset-name.ts";
import { baseName, type DataFile } from "./files/data-file.ts";
import { badFile } from "./files/limits.ts";
import { imagesInFolders } from "./images/image-files.ts";
import type { LabelledImages } from "./images/labelled-images.ts";
import { nodeDecode } from "./images/node-decode.ts";
import { openImages } from "./images/open-images.ts";
import { type PackedImages, type PackOptions, type PackProgress, packImages } from "./images/pack-images.ts";
import type { DatasetManifest } from "./manifest.ts";
import { download, md5OfFile } from "./node-download.ts";
import { diskFile, filesOfFolder, statOf, writeDataset } from "./node-files.ts";
import { rootOf } from "./node-source.ts";
import { ownDescription } from "./own-description.ts";
import { packShards, type RawDataset } from "./shards.ts";

export interface FetchOptions {
  /** An address, or the path of an archive or of the .bin files; the publisher's address if left out. */
  readonly from?: readonly string[];
  /** Of the archive, where it is not the published one. */
  readonly md5?: string;
  readonly signal?: AbortSignal;
  /** What is being done, and how far it is: bytes of a download, images of all. */
  readonly onProgress?: (
    phase: "download" | "unpack" | "write",
    done: number,
    total: number | undefined,
  ) => void;
}

/**
 * Fetches a data set that is published as an archive, verifies and converts it. All of it or nothing.
 * @throws InputError where it cannot be fetched, or is not what it should be
 */
export async function fetchDataset(entry: DatasetEntry, options: FetchOptions): Promise<DatasetManifest> {
  if (entry.origin.kind !== "archive") throw new Error(`${entry.name} is no archive`);
  const { from = [entry.origin.url], md5 = entry.origin.md5, onProgress } = options;
  const folder = join(rootOf(entry.name), datasetFolder(entry.name));
  const [first] = from;
  const write = (raw: RawDataset) =>
    writeDataset(folder, (writer) =>
      packShards(entry, raw, writer, (done, total) => onProgress?.("write", done, total)),
    );
  if (from.some((path) => path.endsWith(".bin"))) {
    const files = await Promise.all(from.map((path) => diskFile(path)));
    const wanted = cifarFiles(entry.name);
    const other = files.find(({ name }) => !wanted.includes(baseName(name)));
    if (other !== undefined) throw badFile(other.name, `${entry.title} consists of ${wanted.join(", ")}`);
    return write(await readCifarFiles(entry, files));
  }
  if (from.length > 1) throw badFile(from.join(", "), "one archive is allowed, or the .bin files of one");
  const fetched = /^https?:\/\//.test(first!);
  const path = fetched ? `${folder}.tar.gz` : resolve(first!);
  if (fetched) {
    const { signal } = options;
    await download({
      url: first!,
      path,
      md5,
      onBytes: (done, total) => onProgress?.("download", done, total),
      ...(signal ? { signal } : {}),
    });
  }
  const archive = await diskFile(path, fetched ? baseName(first!) : first!);
  if (!fetched) await checkMd5(path, first!, md5);
  const raw = await readCifarArchive(
    entry,
    archive,
    (bytes) => onProgress?.("unpack", bytes, archive.size),
    options.signal,
  );
  const manifest = await write(raw);
  // The shards hold all of it.
  if (fetched) await rm(path);
  return manifest;
}

async function checkMd5(path: string, shown: string, md5: string): Promise<void> {
  await statOf(path);
  const found = await md5OfFile(path);
  if (found !== md5)
    throw badFile(
      shown,
      `its MD5 is ${found} where ${md5} belongs: it is cut off, damaged or another archive`,
    );
}

export interface ImportOptions extends Omit<PackOptions, "side" | "channels"> {
  readonly title?: string;
  /** The source's own, or 32 pixels and 3 channels, where not given. */
  readonly side?: number;
  readonly channels?: 1 | 3;
}

export interface Imported {
  readonly manifest: DatasetManifest;
  readonly packed: PackedImages;
  readonly ignored: readonly string[];
}

/**
 * Makes a data set of the user's own images. All of it or nothing.
 * @param paths a folder of class folders, a zip archive, CSV or IDX files
 * @throws InputError where they cannot be read, as `packImages` and the readers of each form do
 */
export async function importImages(
  name: string,
  paths: readonly string[],
  { title = name.slice(ownPrefix.length), ...options }: ImportOptions,
  progress: PackProgress = {},
): Promise<Imported> {
  const source = await openPaths(paths);
  try {
    const form = {
      side: options.side ?? source.size?.[0] ?? 32,
      channels: options.channels ?? source.channels ?? 3,
    };
    const packed = await packImages(source, { ...options, ...form }, progress);
    const description = ownDescription(name, title, source, packed);
    const folder = join(rootOf(name), datasetFolder(name));
    const manifest = await writeDataset(folder, (write) => packShards(description, packed.raw, write));
    return { manifest, packed, ignored: source.ignored };
  } finally {
    await source.close();
  }
}

async function openPaths(paths: readonly string[]): Promise<LabelledImages> {
  const folders = await Promise.all(paths.map(async (path) => (await statOf(path)).isDirectory()));
  if (folders.includes(true)) {
    if (paths.length > 1) throw badFile(paths.join(", "), "one folder at a time is allowed");
    const tree = await filesOfFolder(resolve(paths[0]!));
    return imagesInFolders({ name: paths[0]!, kind: "folder", ...tree, close: async () => {} }, nodeDecode);
  }
  const files: DataFile[] = [];
  for (const path of paths) files.push(await diskFile(path, baseName(path.replaceAll("\\", "/"))));
  return openImages(files, nodeDecode);
}
