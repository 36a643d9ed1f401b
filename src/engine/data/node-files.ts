import { mkdir, open, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { InputError } from "../math/input-error.ts";
import { isOwnName } from "./dataset-name.ts";
import type { DataFile } from "./files/data-file.ts";
import { badFile } from "./files/limits.ts";
import { type DatasetManifest, manifestSchema } from "./manifest.ts";
import { writing } from "./node-disk.ts";
import type { ShardWriter } from "./shards.ts";

/** Under another name first: a reader sees the old file or the new one, never half of one. */
export async function writeWhole(folder: string, file: string, content: Uint8Array | string): Promise<void> {
  await mkdir(folder, { recursive: true });
  const path = join(folder, file);
  const temporary = `${path}.${process.pid}`;
  try {
    await writing(path, "nothing of it is kept: free some space and try again", () =>
      writeFile(temporary, content),
    );
  } catch (error) {
    await rm(temporary, { force: true });
    throw error;
  }
  await rename(temporary, path);
}

/** Last of a data set's files. */
export function writeManifest(folder: string, manifest: DatasetManifest): Promise<void> {
  return writeWhole(folder, "manifest.json", `${JSON.stringify(manifest, null, 2)}\n`);
}

/**
 * Writes a whole data set or nothing: into a folder beside the one it belongs to, which takes that one's place at the end.
 * What an earlier, killed attempt left is removed.
 */
export async function writeDataset(
  folder: string,
  pack: (write: ShardWriter) => Promise<DatasetManifest>,
): Promise<DatasetManifest> {
  const temporary = `${folder}.half`;
  await rm(temporary, { recursive: true, force: true });
  try {
    const manifest = await pack((file, bytes) => writeWhole(temporary, file, bytes));
    await writeManifest(temporary, manifest);
    await rm(folder, { recursive: true, force: true });
    await mkdir(dirname(folder), { recursive: true });
    await rename(temporary, folder);
    return manifest;
  } catch (error) {
    await rm(temporary, { recursive: true, force: true });
    throw error;
  }
}

/** Manifests of the user's own images below a root; folders without a sound one are left out. */
export async function ownManifests(root: string): Promise<DatasetManifest[]> {
  const folder = join(root, "own");
  const names = await readdir(folder).catch(() => []);
  const manifests = await Promise.all(
    names
      .filter((name) => isOwnName(`own:${name}`))
      .map(async (name) => {
        const text = await readFile(join(folder, name, "manifest.json"), "utf8").catch(() => "null");
        return manifestSchema.safeParse(JSON.parse(text)).data;
      }),
  );
  return manifests.filter((manifest) => manifest !== undefined);
}

/** A file on disk. @throws InputError where there is none */
export async function diskFile(path: string, name: string = path): Promise<DataFile> {
  const { size } = await statOf(path);
  return {
    name,
    size,
    async read(start, end) {
      const handle = await open(path);
      try {
        const bytes = new Uint8Array(Math.max(0, Math.min(end, size) - start));
        const { bytesRead } = await handle.read(bytes, 0, bytes.length, start);
        return bytes.subarray(0, bytesRead);
      } finally {
        await handle.close();
      }
    },
  };
}

export async function statOf(path: string) {
  try {
    return await stat(path);
  } catch (error) {
    throw cannotRead(path, error);
  }
}

/** Files and folders below a folder, by their paths below it with "/"; links are passed over. */
export async function filesOfFolder(
  path: string,
): Promise<{ readonly files: readonly DataFile[]; readonly folders: readonly string[] }> {
  const entries = await readdir(path, { recursive: true, withFileTypes: true }).catch((error) => {
    throw cannotRead(path, error);
  });
  const below = (parent: string, name: string) =>
    join(parent, name).slice(join(path, "/").length).replaceAll("\\", "/");
  const files: DataFile[] = [];
  const folders: string[] = [];
  for (const entry of entries) {
    const name = below(entry.parentPath, entry.name);
    if (entry.isDirectory()) folders.push(name);
    else if (entry.isFile()) files.push(await diskFile(join(entry.parentPath, entry.name), name));
  }
  return { files, folders };
}

function cannotRead(path: string, error: unknown): InputError {
  const { code } = error as NodeJS.ErrnoException;
  return badFile(path, code === "ENOENT" ? "no such file or folder" : `cannot be read (${code})`);
}
