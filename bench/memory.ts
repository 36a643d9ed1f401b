import { memoryOf } from "../src/engine/plan/memory-use.ts";
import { ownPanel } from "./panel.ts";

/**
 * Bytes of a training step of the panel's networks, as planned, against those of a plan that fuses nothing and gives every
 * tensor memory of its own. A line each. `npx tsx bench/memory.ts`
 */
const { entries, batch } = ownPanel();
for (const { spec } of entries) {
  const { planned, separate } = memoryOf(spec, batch);
  const share = Math.round((1000 * planned) / separate) / 1000;
  process.stdout.write(
    `${JSON.stringify({ bench: "memory", net: spec.name, batch, planned, separate, share })}\n`,
  );
}
