import { readFile, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import type { DeviceSpeeds } from "./device-speeds.ts";

/** Beside results files; all studies of a folder share it. */
export const speedsFile = "device-speeds.json";

/** Speeds in a JSON file, device to rates. A file that cannot be read counts as none. */
export class SpeedsFile implements DeviceSpeeds {
  readonly #path: string;

  /** @param results path of a results file. */
  constructor(results: string) {
    this.#path = join(dirname(results), speedsFile);
  }

  async speedsOf(device: string): Promise<readonly number[]> {
    const rates = (await this.#read())[device];
    return Array.isArray(rates) ? rates : [];
  }

  /** Written beside its name and then renamed: of two sweeps at once the last one counts. */
  async keepSpeeds(device: string, rates: readonly number[]): Promise<void> {
    const speeds = { ...(await this.#read()), [device]: rates };
    const part = `${this.#path}.${process.pid}.part`;
    await writeFile(part, `${JSON.stringify(speeds)}\n`);
    await rename(part, this.#path);
  }

  async #read(): Promise<Record<string, unknown>> {
    try {
      const value: unknown = JSON.parse(await readFile(this.#path, "utf8"));
      return typeof value === "object" && value !== null ? { ...value } : {};
    } catch {
      return {};
    }
  }
}
