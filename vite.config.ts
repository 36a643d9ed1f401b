import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";
import { dataIndex } from "./scripts/data-index.mjs";

/** Without these two headers the page is not cross-origin isolated and has no SharedArrayBuffer: no threads. */
const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

const address = { host: "localhost", port: Number(process.env.PORT ?? 4280), strictPort: true };

export default defineConfig({
  // Relative addresses: the built site works from any sub-path.
  base: "./",
  // One page, no routes: an address that is not there answers 404, so that a missing shard is seen as missing.
  appType: "mpa",
  plugins: [react(), dataIndex()],
  worker: { format: "es" },
  build: { target: "es2023", chunkSizeWarningLimit: 1500 },
  // Named, because what only a worker imports would be found late and reload the page.
  optimizeDeps: {
    include: [
      "@mantine/core",
      "@mantine/hooks",
      "@tensorflow/tfjs",
      "@tensorflow/tfjs-backend-webgpu",
      "@zip.js/zip.js",
      "dexie",
      "react",
      "react-dom/client",
      "recharts",
      "yaml",
      "zod",
      "zustand",
    ],
  },
  server: { ...address, headers: isolation },
  preview: { ...address, headers: isolation },
});
