/** A name as part of a file's: safe on every file system. */
export function fileStem(name: string): string {
  return (
    name
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, "-")
      .replace(/^-|-$/g, "") || "study"
  );
}

/** Names of sweep configs, each once. */
export function sweepFileNames(files: readonly { readonly name: string }[]): string[] {
  const stems = files.map(({ name }) => fileStem(name));
  return stems.map((stem, i) => `${stem}${stems.indexOf(stem) < i ? `-${i + 1}` : ""}.yaml`);
}
