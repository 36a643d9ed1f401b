import { build } from "vite";

/** A module of this folder with all it imports, as one script: tests add it to a page that the site does not have. */
export async function bundle(file: string): Promise<string> {
  const output = await build({
    configFile: false,
    logLevel: "error",
    build: {
      write: false,
      minify: false,
      target: "es2023",
      lib: { entry: new URL(file, import.meta.url).pathname, formats: ["es"], fileName: "bundle" },
      rolldownOptions: { output: { codeSplitting: false } },
    },
  });
  const [first] = Array.isArray(output) ? output : [output];
  if (first === undefined || !("output" in first)) throw new Error(`${file}: not bundled`);
  return first.output.map((chunk) => (chunk.type === "chunk" ? chunk.code : "")).join("\n");
}
