import { fileURLToPath } from "node:url";
import { buildDataset } from "../src/engine/data/node-build.ts";

const root = fileURLToPath(new URL("../public/data", import.meta.url));
for (const name of process.argv.slice(2)) {
  await buildDataset(name, root);
}
