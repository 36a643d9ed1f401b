import { existsSync, readdirSync } from "node:fs";
import { join } from "node:path";
import { at } from "./paths.mjs";

/**
 * Serves and builds data/index.json, the names of the data sets beside the page: asking for the manifest of one that is
 * not there would leave an error in the browser's console.
 * @returns {import("vite").Plugin}
 */
export function dataIndex() {
  const folder = at("public/data");
  const names = () =>
    readdirSync(folder, { withFileTypes: true })
      .filter((entry) => entry.isDirectory() && existsSync(join(folder, entry.name, "manifest.json")))
      .map(({ name }) => name)
      .sort();
  return {
    name: "data-index",
    configureServer(server) {
      server.middlewares.use("/data/index.json", (_, response) => {
        response.setHeader("Content-Type", "application/json");
        response.end(JSON.stringify(names()));
      });
    },
    generateBundle() {
      this.emitFile({ type: "asset", fileName: "data/index.json", source: JSON.stringify(names()) });
    },
  };
}
