import { useDebouncedValue } from "@mantine/hooks";
import { useEffect, useState } from "react";
import { formatPercent } from "../../../charts/format.ts";
import type { PopulationPreview } from "../../../engine/sweep/protocol.ts";
import type { DrawnPopulation } from "../../../engine/sweep/study.ts";
import { useDraft, useServices } from "../state/services.tsx";
import styles from "./setup.module.css";

type Preview =
  | { readonly state: "asking" }
  | { readonly state: "known"; readonly preview: PopulationPreview }
  | { readonly state: "impossible"; readonly message: string };

/** How many draws of the space the budget lets through, asked of the worker while the set-up changes. */
export function AcceptanceText({ population }: { readonly population: DrawnPopulation }) {
  const { sweep } = useServices();
  const study = useDraft((state) => state.study);
  const { name, space, stages, stemWidth, budget } = population;
  const { seed } = study;
  const { dataset, batch } = study.regime;
  // The count does not change what is drawn; a text as the key keeps equal set-ups equal.
  const wanted = JSON.stringify({ name, space, stages, stemWidth, budget, seed, dataset, batch });
  const [asked] = useDebouncedValue(wanted, 250);
  const [answer, setAnswer] = useState<Preview>({ state: "asking" });

  // biome-ignore lint/correctness/useExhaustiveDependencies: `asked` stands for all that the request depends on
  useEffect(() => {
    let stale = false;
    sweep.preview({ ...population, count: 1 }, study).then(
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

  if (answer.state === "impossible")
    return (
      <p className={styles.fieldError} role="alert">
        {answer.message}
      </p>
    );
  const text =
    answer.state === "known"
      ? `${acceptedShare(answer.preview.accepted, answer.preview.drawn)} of draws accepted`
      : "drawing samples …";
  return <p className={styles.small}>{text}</p>;
}

export function acceptedShare(accepted: number, drawn: number): string {
  const share = drawn === 0 ? 0 : accepted / drawn;
  return formatPercent(share, share < 0.1 ? 1 : 0);
}
