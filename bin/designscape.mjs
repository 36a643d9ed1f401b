#!/usr/bin/env node
import { fileURLToPath } from "node:url";
import { setUpOrExit } from "../scripts/setup.mjs";

await setUpOrExit();

// Only now are the packages certain to be there. TypeScript runs in this very process, so that Ctrl-C, pipes and exit
// statuses are the program's own. Worker threads do not inherit this: a worker's entry is a plain .mjs file that calls
// register() the same way and then imports its .ts module.
const { register } = await import("tsx/esm/api");
// Charts of reports are JSX, whose meaning is in tsconfig.json; left to itself tsx looks for one where the user stands.
register({ tsconfig: fileURLToPath(new URL("../tsconfig.json", import.meta.url)) });
await import("../src/cli/main.ts");
