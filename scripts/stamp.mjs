import { createHash } from "node:crypto";
import {
  existsSync,
  mkdirSync,
  readdirSync,
  readFileSync,
  renameSync,
  statSync,
  writeFileSync,
} from "node:fs";
import { dirname, join, relative } from "node:path";
import { root } from "./paths.mjs";

/**
 * Stamps say whether something built is still up to date: by content of what it was made from, never by dates,
 * which a clone or a checkout sets at will.
 */

/**
 * @param {string} folder
 * @returns {string[]} every file below the folder, in a fixed order
 */
export function filesBelow(folder) {
  return readdirSync(folder, { recursive: true, withFileTypes: true })
    .filter((entry) => entry.isFile())
    .map((entry) => join(entry.parentPath, entry.name))
    .sort();
}

/**
 * One key for everything that a build depends on.
 * @param {readonly string[]} files absolute paths; their places and contents count
 * @param {readonly string[]} facts versions, names
 */
export function inputsKey(files, facts) {
  const hash = createHash("sha256");
  for (const fact of facts) hash.update(`${fact}\0`);
  for (const file of files) {
    // A checkout on Windows may end lines with CRLF: the same source all the same.
    const text = readFileSync(file, "utf8").replaceAll("\r\n", "\n");
    hash.update(`${relative(root, file).replaceAll("\\", "/")}\0${text}\0`);
  }
  return hash.digest("hex");
}

/**
 * @param {string} stampFile
 * @param {string} key
 * @returns {boolean} whether the outputs were built from this key and are all there at their full size
 */
export function isFresh(stampFile, key) {
  try {
    const stamp = JSON.parse(readFileSync(stampFile, "utf8"));
    if (stamp.key !== key) return false;
    const folder = dirname(stampFile);
    return Object.entries(stamp.outputs).every(
      ([file, bytes]) => existsSync(join(folder, file)) && statSync(join(folder, file)).size === bytes,
    );
  } catch {
    return false;
  }
}

/**
 * @param {string} stampFile
 * @param {string} key
 * @param {readonly string[]} outputs file names beside the stamp
 */
export function writeStamp(stampFile, key, outputs) {
  const folder = dirname(stampFile);
  const sizes = Object.fromEntries(outputs.map((file) => [file, statSync(join(folder, file)).size]));
  mkdirSync(folder, { recursive: true });
  const temporary = `${stampFile}.${process.pid}`;
  writeFileSync(temporary, `${JSON.stringify({ key, outputs: sizes }, null, 2)}\n`);
  renameSync(temporary, stampFile);
}
