/** One line on stdout: results, and with --json nothing else. Waits where the reader is slower. */
export function printLine(line: string): Promise<void> {
  return new Promise((resolve) => {
    if (process.stdout.write(`${line}\n`)) resolve();
    else process.stdout.once("drain", resolve);
  });
}

/** One line on stderr: progress, summaries, warnings. */
export function printNote(line: string): void {
  process.stderr.write(`${line}\n`);
}

/** Columns under their heads, numbers to the right. */
export function table(heads: readonly string[], rows: readonly (readonly string[])[]): string {
  const widths = heads.map((head, i) => Math.max(head.length, ...rows.map((row) => row[i]!.length)));
  const line = (cells: readonly string[]) =>
    cells
      .map((cell, i) => cell.padStart(widths[i]!))
      .join("  ")
      .trimEnd();
  return [heads, ...rows].map(line).join("\n");
}
