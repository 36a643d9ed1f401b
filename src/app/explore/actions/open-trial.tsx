import { Button } from "@mantine/core";
import { useMemo } from "react";
import { isDrawn } from "../../../engine/sweep/study.ts";
import { useRun } from "../../study/state/services.tsx";
import type { TrialRow } from "../../study/trials/trial-rows.ts";
import { trialHash } from "../model/explore-trial.ts";

/** The way from a network of a study to the knobs that give it; nothing where Explore has none for its space. */
export function OpenTrial({ row }: { readonly row: TrialRow | undefined }) {
  const study = useRun((state) => state.study);
  const hash = useMemo(() => {
    const population = study?.populations.find(({ name }) => name === row?.population);
    if (row === undefined || population === undefined || !isDrawn(population)) return undefined;
    return trialHash({ space: population.space, params: row.params, spec: row.network.spec });
  }, [study, row]);
  if (hash === undefined) return null;
  return (
    <Button component="a" href={hash} variant="default" fullWidth mt={10}>
      Open in Explore
    </Button>
  );
}
