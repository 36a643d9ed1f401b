import type { ComparedGroup } from "../../engine/analysis/comparison-table.ts";
import type { Observation } from "../../engine/analysis/trials/observation.ts";
import type { RpcClient } from "../../engine/runtime/worker/rpc.ts";
import type { TrialLines } from "../../engine/sweep/trial-lines.ts";
import type { StatisticsRequests } from "./protocol.ts";
import type { StatisticName, StatisticOptions, StatisticResult } from "./statistics.ts";

/** Asks the worker and remembers what it answered. */
export interface StatisticsService {
  /** Equal questions (the same arrays of observations, equal options) are computed once. */
  compute<K extends StatisticName>(
    name: K,
    groups: readonly ComparedGroup[],
    options: StatisticOptions<K>,
  ): Promise<StatisticResult<K>>;
  readTrials(bytes: Uint8Array): Promise<TrialLines>;
}

/** Answers kept: some for every board, for the filters one goes back and forth between. */
const keptAnswers = 48;

export function createStatistics(connect: () => RpcClient<StatisticsRequests, object>): StatisticsService {
  let client: RpcClient<StatisticsRequests, object> | undefined;
  const handedOver = new WeakSet<Observation>();
  const versions = new WeakMap<readonly Observation[], number>();
  const answers = new Map<string, Promise<unknown>>();
  let lastVersion = 0;

  const connected = () => {
    client ??= connect();
    return client;
  };
  /** Data has a version: the array's identity. Whoever changes trials makes a new array. */
  const versionOf = (observations: readonly Observation[]) => {
    const version = versions.get(observations) ?? ++lastVersion;
    versions.set(observations, version);
    return version;
  };

  return {
    compute(name, groups, options) {
      const key = JSON.stringify([
        name,
        options,
        groups.map((group) => [group.name, versionOf(group.observations)]),
      ]);
      const known = answers.get(key);
      if (known !== undefined) return known as Promise<never>;
      const fresh = groups.flatMap(({ observations }) => observations.filter((one) => !handedOver.has(one)));
      for (const one of fresh) handedOver.add(one);
      // Messages keep their order: the worker knows the trials before it computes.
      if (fresh.length > 0)
        void connected()
          .call("remember", fresh)
          .catch(() => {});
      const ids = groups.map((group) => ({
        name: group.name,
        ids: group.observations.map(({ id }) => id),
      }));
      const answer = connected().call("compute", name, ids, options);
      answers.set(key, answer);
      answer.catch(() => answers.delete(key));
      for (const oldest of answers.keys()) {
        if (answers.size <= keptAnswers) break;
        answers.delete(oldest);
      }
      return answer as Promise<never>;
    },
    readTrials: (bytes) => connected().call("readTrials", bytes),
  };
}
