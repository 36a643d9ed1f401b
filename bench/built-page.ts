import { type Browser, chromium } from "@playwright/test";
import { preview } from "vite";
import { findChromium } from "../scripts/chromium.mjs";

/** The production build in Chromium, as the end-to-end tests have it. */
export interface BuiltPage {
  readonly browser: Browser;
  readonly url: string;
  close(): Promise<void>;
}

const port = Number(process.env.PORT ?? 4283);

/** Serves `dist` (npm run build) on port PORT or 4283, and starts a browser. @param jsFlags for its V8 */
export async function openBuiltPage({
  outDir = "dist",
  jsFlags = "",
}: {
  readonly outDir?: string | undefined;
  readonly jsFlags?: string | undefined;
}): Promise<BuiltPage> {
  const server = await preview({ build: { outDir }, preview: { port }, logLevel: "warn" });
  const executablePath = findChromium();
  const browser = await chromium.launch({
    ...(executablePath !== undefined && { executablePath }),
    args: [
      "--no-sandbox",
      "--disable-quic",
      "--no-first-run",
      "--disable-background-networking",
      "--disable-component-update",
      "--disable-sync",
      ...(jsFlags === "" ? [] : [`--js-flags=${jsFlags}`]),
    ],
  });
  return {
    browser,
    url: `http://localhost:${port}/`,
    async close() {
      await browser.close();
      await server.close();
    },
  };
}
