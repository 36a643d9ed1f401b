import { useDebouncedValue } from "@mantine/hooks";
import { useEffect, useState } from "react";
import type { PopulationPreview } from "../../../engine/sweep/protocol.ts";
import type { Population } from "../../../engine/sweep/study.ts";
import { useDatasets } from "../../datasets/state/context.tsx";
import { factsOf, titleOf } from "../../datasets/state/datasets-store.ts";
import { useDraft, useServices } from "../state/services.tsx";

export type Preview =
  | { readonly state: "asking" }
  | { readonly state: "known"; readonly preview: PopulationPreview }
  | { readonly state: "impossible"; readonly message: string };

/** The first networks of a population of the draft, or why there are none; asked of the worker while the set-up changes. */
export function usePreview(population: Population): Preview {
  const { sweep } = useServices();
  const study = useDraft((state) => state.study);
  const { seed } = study;
  const { dataset, batch } = study.regime;
  // Own images of one name may be added, and replaced by others of another size.
  const shape = useDatasets((state) => factsOf(state, dataset)?.shape.join("×"));
  const title = useDatasets((state) => titleOf(state, dataset));
  // A text as the key keeps equal set-ups equal.
  const wanted = JSON.stringify({ population, seed, dataset, shape, batch });
  const [asked] = useDebouncedValue(wanted, 250);
  const [answer, setAnswer] = useState<Preview>({ state: "asking" });

  // biome-ignore lint/correctness/useExhaustiveDependencies: `asked` stands for all that the request depends on
  useEffect(() => {
    if (shape === undefined) return;
    let stale = false;
    sweep.preview(population, study).then(
      (preview) => {
        if (!stale) setAnswer({ state: "known", preview });
      },
      (error: unknown) => {
        const message = error instanceof Error ? error.message : String(error);
        if (!stale) setAnswer({ state: "impossible", message });
      },
    );
    return () => {
      stale = true;
    };
  }, [asked]);
  if (shape === undefined)
    return { state: "impossible", message: `waits for ${title}, which is not here yet` };
  return answer;
}
