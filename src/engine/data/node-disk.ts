import { badFile } from "./files/limits.ts";

/** What a disk refuses a write for, by the system's code. */
const refusals: Readonly<Record<string, string>> = {
  ENOSPC: "the disk is full",
  EDQUOT: "the share of the disk that this user has is used up",
  EFBIG: "a file may not be so large here",
  EROFS: "the disk cannot be written",
  EIO: "the disk reports an error",
};

/**
 * Does what writes to a file. Where the disk refuses, an error says which file, why, and what to do.
 * @param next what is kept, and what goes on from there
 * @throws InputError for that; all else as it is
 */
export async function writing<T>(path: string, next: string, write: () => Promise<T>): Promise<T> {
  try {
    return await write();
  } catch (error) {
    const { code = "" } = error as NodeJS.ErrnoException;
    const refusal = refusals[code];
    if (refusal === undefined) throw error;
    throw badFile(path, `${refusal} (${code}); ${next}`);
  }
}
