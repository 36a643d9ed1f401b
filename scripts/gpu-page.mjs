import { createServer } from "node:http";
import { fileURLToPath } from "node:url";
import { findChromium } from "./chromium.mjs";

/** The flags with which headless Chromium has WebGPU, computed by SwiftShader where there is no GPU. */
const gpuFlags = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-component-update",
  "--disable-sync",
  "--enable-unsafe-webgpu",
  "--ignore-gpu-blocklist",
];

/**
 * @typedef {import("@playwright/test").Page} Page
 * @typedef {{ newPage: () => Promise<Page>, close: () => Promise<void> }} GpuBrowser newPage(): another page that has run
 * the script
 * @typedef {{ signals?: "ours" }} GpuBrowserOptions "ours": Ctrl-C does not end the browser; the caller does
 */

/**
 * Bundles a script for the pages of a headless Chromium: WebGPU for programs in Node, which has none. Needs the packages
 * that the app is built and tested with.
 *
 * @param {URL} entry of a TypeScript module
 * @param {GpuBrowserOptions} [options]
 * @returns {Promise<GpuBrowser>}
 */
export async function openGpuBrowser(entry, { signals } = {}) {
  const { chromium } = await import("@playwright/test");
  const script = await bundle(fileURLToPath(entry));
  const server = createServer((request, response) => {
    if (request.url === "/page.js")
      response.writeHead(200, { "content-type": "text/javascript" }).end(script);
    else
      response
        .writeHead(200, { "content-type": "text/html" })
        .end('<!doctype html><title>page</title><script type="module" src="/page.js"></script>');
  });
  await new Promise((listening) => server.listen(0, "localhost", () => listening(undefined)));
  const { port } = /** @type {import("node:net").AddressInfo} */ (server.address());
  const executablePath = findChromium();
  const handled = signals !== "ours";
  try {
    const browser = await chromium.launch({
      ...(executablePath ? { executablePath } : {}),
      args: gpuFlags,
      handleSIGINT: handled,
      handleSIGTERM: handled,
    });
    return {
      newPage: async () => {
        const page = await browser.newPage();
        await page.goto(`http://localhost:${port}/`, { waitUntil: "load" });
        return page;
      },
      close: async () => {
        await browser.close();
        server.close();
      },
    };
  } catch (error) {
    server.close();
    throw error;
  }
}

/**
 * A browser of one page.
 *
 * @param {URL} entry
 * @param {GpuBrowserOptions} [options]
 * @returns {Promise<{ page: Page, close: () => Promise<void> }>}
 */
export async function openGpuPage(entry, options) {
  const { newPage, close } = await openGpuBrowser(entry, options);
  try {
    return { page: await newPage(), close };
  } catch (error) {
    await close();
    throw error;
  }
}

/**
 * @param {string} entry
 * @returns {Promise<string>}
 */
async function bundle(entry) {
  const { build } = await import("vite");
  const results = await build({
    configFile: false,
    publicDir: false,
    logLevel: "error",
    build: {
      write: false,
      minify: false,
      target: "es2023",
      lib: { entry, formats: ["es"], fileName: "page" },
    },
  });
  const [result] = /** @type {import("vite").Rolldown.RolldownOutput[]} */ (results);
  return result?.output[0].code ?? "";
}
