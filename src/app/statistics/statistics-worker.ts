import type { Observation } from "../../engine/analysis/trials/observation.ts";
import { createServer } from "../../engine/runtime/worker/rpc.ts";
import { parseTrialLines } from "../../engine/sweep/trial-lines.ts";
import { groupOf, type StatisticsRequests } from "./protocol.ts";
import { statistics } from "./statistics.ts";

/** The statistics worker's entry: computes off the page's thread over trials that it keeps. */
const known = new Map<string, Observation>();

createServer<StatisticsRequests, object>(self, {
  remember(observations) {
    for (const observation of observations) known.set(observation.id, observation);
  },
  compute: (name, groups, options) =>
    statistics[name](
      groups.map((group) => groupOf(group, known)),
      options as never,
    ),
  readTrials: parseTrialLines,
});
