import type { WriteStream } from "node:tty";

/**
 * Progress on stderr. On a terminal one line is drawn over and over; elsewhere (a file, a log) it is left out, and only
 * whole lines appear.
 */
export class LiveLine {
  readonly #stream: Pick<WriteStream, "isTTY" | "columns" | "write">;
  #drawn = false;

  constructor(stream: Pick<WriteStream, "isTTY" | "columns" | "write"> = process.stderr) {
    this.#stream = stream;
  }

  /** Shows a passing state. */
  show(text: string): void {
    if (!this.#stream.isTTY) return;
    this.#stream.write(`${eraseLine}${text.slice(0, (this.#stream.columns || 80) - 1)}`);
    this.#drawn = true;
  }

  /** Prints a line that stays. */
  print(text: string): void {
    this.clear();
    this.#stream.write(`${text}\n`);
  }

  clear(): void {
    if (this.#drawn) this.#stream.write(eraseLine);
    this.#drawn = false;
  }
}

/** Back to the start of the line, and erase to its end. */
const eraseLine = "\r\u001b[K";
