import { createContext, type ReactNode, useContext, useEffect, useRef, useState } from "react";
import type { ComparedGroup } from "../../engine/analysis/comparison-table.ts";
import type { StatisticName, StatisticOptions, StatisticResult } from "./statistics.ts";
import type { StatisticsService } from "./statistics-service.ts";

const StatisticsContext = createContext<StatisticsService | undefined>(undefined);

export function StatisticsProvider({
  statistics,
  children,
}: {
  readonly statistics: StatisticsService;
  readonly children: ReactNode;
}) {
  return <StatisticsContext value={statistics}>{children}</StatisticsContext>;
}

export function useStatistics(): StatisticsService {
  const statistics = useContext(StatisticsContext);
  if (statistics === undefined) throw new Error("a view is outside its StatisticsProvider");
  return statistics;
}

/** What is known of a statistic so far. */
export interface Known<T> {
  /** Of these groups, or of their trials a moment ago; undefined before the first answer. */
  readonly value: T | undefined;
  readonly pending: boolean;
  /** Why there is no answer. */
  readonly failure: string | undefined;
}

interface Answer<T> {
  readonly subject: string;
  readonly groups: readonly ComparedGroup[];
  readonly value?: T;
  readonly failure?: string;
}

/**
 * A statistic of these groups, computed off the page's thread. `groups` must keep its identity while nothing changes. One
 * question is under way at a time and only the newest waits, so that a study which trains quickly does not queue up work;
 * an answer about other groups or options than those now asked for is dropped.
 */
export function useStatistic<K extends StatisticName>(
  name: K,
  groups: readonly ComparedGroup[],
  options: StatisticOptions<K>,
): Known<StatisticResult<K>> {
  const statistics = useStatistics();
  const [answer, setAnswer] = useState<Answer<StatisticResult<K>>>();
  const subject = JSON.stringify([name, options, groups.map((group) => group.name)]);
  const newest = useRef({ subject, groups, options });
  newest.current = { subject, groups, options };
  const busy = useRef(false);
  const mounted = useRef(false);

  useEffect(() => {
    mounted.current = true;
    return () => {
      mounted.current = false;
    };
  }, []);

  useEffect(() => {
    const ask = async () => {
      if (busy.current) return;
      busy.current = true;
      const asked = newest.current;
      let next: Answer<StatisticResult<K>>;
      try {
        const value = await statistics.compute(name, asked.groups, asked.options);
        next = { ...asked, value };
      } catch (error) {
        next = { ...asked, failure: error instanceof Error ? error.message : String(error) };
      }
      busy.current = false;
      if (!mounted.current) return;
      if (asked.subject === newest.current.subject) setAnswer(next);
      if (newest.current.groups !== asked.groups || newest.current.subject !== asked.subject) void ask();
    };
    if (groups.length > 0 && subject !== "") void ask();
  }, [statistics, name, subject, groups]);

  const fits = answer?.subject === subject;
  return {
    value: fits ? answer.value : undefined,
    pending: groups.length > 0 && (!fits || answer.groups !== groups),
    failure: fits ? answer.failure : undefined,
  };
}
