/**
 * Names of data sets: those of the catalogue, and `own:` with a short name for a user's own images. A name is part of
 * addresses, file paths and ids of studies, so it is plain.
 */

export const ownPrefix = "own:";

const maxOwnLength = 40;
const ownPattern = /^own:[a-z0-9]+(-[a-z0-9]+)*$/;

/** What is allowed behind `own:`, in words. */
export const ownNameRule = `small letters, digits and single hyphens, at most ${maxOwnLength}, such as own:flowers`;

export function isOwnName(name: string): boolean {
  return ownPattern.test(name) && name.length <= ownPrefix.length + maxOwnLength;
}

/** "My Flowers (2).zip" → "own:my-flowers-2"; "own:images" where nothing usable is left. */
export function ownNameFor(title: string): string {
  const slug = title
    .replace(/([.-](zip|csv|gz|idx\d-ubyte))+$/i, "")
    .normalize("NFKD")
    .toLowerCase()
    .replace(/\p{M}/gu, "")
    .replace(/[^a-z0-9]+/g, "-")
    .slice(0, maxOwnLength)
    .replace(/^-+|-+$/g, "");
  return `${ownPrefix}${slug || "images"}`;
}

/** Where a data set's files lie below a data root; Windows allows no colon in a path. */
export function datasetFolder(name: string): string {
  return name.replace(":", "/");
}
