import { existsSync } from "node:fs";
import { delimiter, join } from "node:path";
import { run } from "./run.mjs";

const names = ["chromium", "chromium-browser", "google-chrome", "google-chrome-stable", "chrome"];
const places = [
  "/Applications/Chromium.app/Contents/MacOS/Chromium",
  "/Applications/Google Chrome.app/Contents/MacOS/Google Chrome",
  "C:\\Program Files\\Google\\Chrome\\Application\\chrome.exe",
];

/** @returns {string | undefined} the system's Chromium (or Chrome); CHROMIUM_PATH wins over the usual places */
export function findChromium() {
  const folders = (process.env.PATH ?? "").split(delimiter).filter((folder) => folder !== "");
  const candidates = [
    ...(process.env.CHROMIUM_PATH ? [process.env.CHROMIUM_PATH] : []),
    ...names.flatMap((name) => folders.map((folder) => join(folder, name))),
    ...places,
  ];
  return candidates.find((path) => existsSync(path));
}

/** Finds Chromium, or installs it where that is ours to do: as root on a Debian-like system. */
export async function ensureChromium() {
  if (findChromium() !== undefined) return;
  if (process.getuid?.() === 0 && existsSync("/usr/bin/apt-get")) {
    process.stderr.write("Installing Chromium for the tests in a real browser …\n");
    const stdio = /** @type {["ignore", "ignore", 2]} */ (["ignore", "ignore", 2]);
    const env = { DEBIAN_FRONTEND: "noninteractive" };
    await run("apt-get", ["update"], { stdio, env });
    await run("apt-get", ["install", "-y", "--no-install-recommends", "chromium"], { stdio, env });
  }
  if (findChromium() === undefined) {
    throw new Error(
      [
        "The end-to-end tests need Chromium or Chrome, and none was found. Install it:",
        "  Debian, Ubuntu:  sudo apt-get install chromium",
        "  Fedora:          sudo dnf install chromium",
        "  macOS:           brew install --cask chromium",
        "or name one that is elsewhere: CHROMIUM_PATH=/path/to/chrome npm test",
      ].join("\n"),
    );
  }
}
