import { defineConfig } from "@playwright/test";
import { findChromium } from "./scripts/chromium.mjs";

/** The production build, served below a sub-path, so that every test also proves that it works from one. */
const port = Number(process.env.E2E_PORT ?? 4281);
const base = "/some/where/";
// Playwright's own browsers are another download; the system's Chromium will do.
const chromium = findChromium();

export default defineConfig({
  testDir: "test/e2e",
  outputDir: ".cache/e2e",
  // Pages wait more than they work.
  workers: 2,
  // A busy machine takes many times as long, and no law is about that.
  timeout: 300_000,
  expect: { timeout: 90_000 },
  forbidOnly: process.env.CI !== undefined,
  reporter: "list",
  use: {
    baseURL: `http://localhost:${port}${base}`,
    trace: "retain-on-failure",
    launchOptions: {
      ...(chromium !== undefined && { executablePath: chromium }),
      args: [
        "--no-sandbox",
        "--disable-quic",
        "--no-first-run",
        "--disable-background-networking",
        "--disable-component-update",
        "--disable-sync",
      ],
    },
  },
  webServer: {
    command: `npx vite preview --base ${base} --port ${port} --strictPort`,
    url: `http://localhost:${port}${base}`,
    reuseExistingServer: false,
  },
});
