import { useEffect, useMemo, useRef, useState } from "react";
import { useRun, useServices } from "../study/state/services.tsx";
import { type CompareSource, sourceOf } from "./compare-source.ts";
import { useCompare } from "./context.tsx";

export interface Sources {
  /** By study id, newest first, files before them. */
  readonly sources: ReadonlyMap<string, CompareSource>;
  /** Studies of this browser are still being read. */
  readonly loading: boolean;
  /** Why the studies of this browser cannot be read. */
  readonly failure: string | undefined;
}

interface Loaded {
  readonly updatedAt: number;
  readonly source: CompareSource;
}

/** All that can be compared. The study under way is taken from the run, so that it grows while it trains. */
export function useSources(): Sources {
  const { sweep } = useServices();
  const ready = useRun((state) => state.ready);
  const studies = useRun((state) => state.studies);
  const runningId = useRun((state) => state.studyId);
  const running = useRun((state) => state.study);
  const trials = useRun((state) => state.trials);
  const files = useCompare((state) => state.files);
  const [loaded, setLoaded] = useState<ReadonlyMap<string, Loaded>>(new Map());
  const [failure, setFailure] = useState<string>();
  // What is loaded does not ask for a new round.
  const loadedNow = useRef(loaded);
  loadedNow.current = loaded;

  useEffect(() => {
    let gone = false;
    const load = async () => {
      for (const { id, updatedAt } of studies) {
        if (gone) return;
        if (loadedNow.current.get(id)?.updatedAt === updatedAt || id === runningId) continue;
        const stored = await sweep.load(id);
        if (gone || stored === undefined) continue;
        const { study } = stored;
        const populations = study.populations.map(({ name }) => name);
        const source = sourceOf({ studyId: id, name: study.name, populations }, stored.trials);
        setLoaded((known) => new Map(known).set(id, { updatedAt, source }));
      }
    };
    load().catch((error: unknown) => setFailure(error instanceof Error ? error.message : String(error)));
    return () => {
      gone = true;
    };
  }, [studies, runningId, sweep]);

  const own = useMemo(
    () =>
      runningId === undefined || running === undefined
        ? undefined
        : sourceOf(
            {
              studyId: runningId,
              name: running.name,
              populations: running.populations.map(({ name }) => name),
            },
            trials.values(),
          ),
    [runningId, running, trials],
  );
  return useMemo(() => {
    const sources = new Map<string, CompareSource>(files);
    // Who drops a file of a study that is here too wants to see the file.
    const add = (source: CompareSource | undefined) => {
      if (source !== undefined && !sources.has(source.studyId)) sources.set(source.studyId, source);
    };
    if (own !== undefined && own.observations.length > 0) add(own);
    for (const { id } of studies) if (id !== own?.studyId) add(loaded.get(id)?.source);
    const waiting = studies.some(({ id }) => id !== runningId && !loaded.has(id));
    return { sources, loading: failure === undefined && (!ready || waiting), failure };
  }, [files, own, studies, loaded, runningId, ready, failure]);
}
