import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

/** The repository's root folder: scripts work from any current folder. */
export const root = join(dirname(fileURLToPath(import.meta.url)), "..");

/**
 * A path inside the repository.
 * @param {...string} parts
 */
export const at = (...parts) => join(root, ...parts);
