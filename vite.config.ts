import react from "@vitejs/plugin-react";
import { defineConfig } from "vite";

/** Without these two headers the page is not cross-origin isolated and has no SharedArrayBuffer: no threads. */
const isolation = {
  "Cross-Origin-Opener-Policy": "same-origin",
  "Cross-Origin-Embedder-Policy": "require-corp",
};

const port = Number(process.env.PORT ?? 4280);

export default defineConfig({
  // Relative addresses: the built site works from any sub-path.
  base: "./",
  plugins: [react()],
  worker: { format: "es" },
  build: { target: "es2023", outDir: "dist", chunkSizeWarningLimit: 1200 },
  server: { host: "localhost", port, strictPort: true, headers: isolation },
  preview: { host: "localhost", port, strictPort: true, headers: isolation },
});
