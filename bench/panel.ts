import { readFileSync } from "node:fs";
import { type Panel, parsePanel } from "../src/engine/bench/panel.ts";

/** nets.json, the panel that peers run too. */
export function ownPanel(): Panel {
  return parsePanel(JSON.parse(readFileSync(new URL("./nets.json", import.meta.url), "utf8")), "nets.json");
}
