#!/usr/bin/env node
import { setUpOrExit } from "../scripts/setup.mjs";

await setUpOrExit();

// Only now are the packages certain to be there. TypeScript runs in this very process, so that Ctrl-C, pipes and exit
// statuses are the program's own. Worker threads do not inherit this: a worker's entry is a plain .mjs file that calls
// register() the same way and then imports its .ts module.
const { register } = await import("tsx/esm/api");
register();
await import("../src/cli/main.ts");
