import { drawNetwork } from "../src/engine/spaces/population.ts";
import { type SpaceId, spaceIds } from "../src/engine/spaces/registry.ts";
import { imagenetSetting, type SpaceSetting, smallImageSetting } from "../src/engine/spaces/setting.ts";

/**
 * Networks sampled, built and costed per second on one core, without a budget: what sliders, populations and constrained
 * samplers live on. One JSON line a space and setting. Counts the processor time of this process, the best of several
 * slices, so that other work on the machine matters little. `npx tsx bench/sampling.ts [space]`
 */
const settings = { "ImageNet, 4 stages": imagenetSetting, "28×28, 3 stages": smallImageSetting };
const slices = 8;
const networksPerSlice = 2000;
const only = process.argv[2];

for (const [name, setting] of Object.entries(settings)) {
  for (const space of spaceIds.filter((id) => only === undefined || id === only)) {
    const rates = Array.from({ length: slices }, (_, slice) =>
      rate(space, setting, slice * networksPerSlice),
    );
    const networksPerSecond = Math.round(Math.max(...rates));
    process.stdout.write(
      `${JSON.stringify({ bench: "sampling", space, setting: name, networksPerSecond })}\n`,
    );
  }
}

function rate(space: SpaceId, setting: SpaceSetting, first: number): number {
  const source = { space, setting, budget: {}, seed: 1 };
  const start = process.cpuUsage();
  for (let i = 0; i < networksPerSlice; i++) drawNetwork(source, first + i);
  const { user, system } = process.cpuUsage(start);
  return networksPerSlice / ((user + system) / 1e6);
}
