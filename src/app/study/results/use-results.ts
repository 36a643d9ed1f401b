import { useMemo } from "react";
import type { Look } from "../../../charts/chart-props.ts";
import type { FigureSource } from "../../../charts/figure/figure.ts";
import { populationLook } from "../../../charts/palette.ts";
import type { Selection } from "../../../charts/selection.ts";
import type { ComparedGroup } from "../../../engine/analysis/comparison-table.ts";
import { isEveryTrial, passes, type TrialFilter } from "../../../engine/analysis/trials/filter.ts";
import type { Observation } from "../../../engine/analysis/trials/observation.ts";
import { observe } from "../../../engine/analysis/trials/observation.ts";
import { perNetwork } from "../../../engine/analysis/trials/per-network.ts";
import type { Study } from "../../../engine/sweep/study.ts";
import type { Trial } from "../../../engine/sweep/trial.ts";
import { useServices, useView } from "../state/services.tsx";
import { figureSource } from "./figure-source.ts";

/** A population with the look that it has everywhere. */
export interface ResultGroup extends ComparedGroup {
  readonly look: Look;
}

/** The recorded trials that pass the filter: what every board draws. */
export interface Results {
  readonly study: Study | undefined;
  /** In the order of the study; populations that the filter leaves out are not here. */
  readonly groups: readonly ResultGroup[];
  readonly observations: readonly Observation[];
  /** All of them in one group. */
  readonly pooled: readonly ComparedGroup[];
  readonly source: FigureSource;
}

/** Changes when a trial is recorded or the filter changes; not with every epoch of the one under way. */
export function useResults(
  study: Study | undefined,
  trials: ReadonlyMap<string, Trial>,
  filter: TrialFilter,
): Results {
  return useMemo(() => resultsOf(study, trials, filter), [study, trials, filter]);
}

export function resultsOf(
  study: Study | undefined,
  trials: ReadonlyMap<string, Trial>,
  filter: TrialFilter,
): Results {
  const all = isEveryTrial(filter);
  const own = new Map<string, Observation[]>();
  for (const trial of trials.values()) {
    const observation = observe(trial);
    if (!all && !passes(observation, filter)) continue;
    const list = own.get(trial.population) ?? [];
    own.set(trial.population, list);
    list.push(observation);
  }
  const { populations } = filter;
  for (const [population, list] of own) own.set(population, perNetwork(list));
  const groups = (study?.populations ?? []).flatMap(({ name }, i): ResultGroup[] =>
    populations.length > 0 && !populations.includes(name)
      ? []
      : [{ name, look: populationLook(i), observations: own.get(name) ?? [] }],
  );
  const observations = groups.flatMap((group) => group.observations);
  return {
    study,
    groups,
    observations,
    pooled: [{ name: "All", observations }],
    source: figureSource(study?.name ?? "Study", observations),
  };
}

/** The one selection that all charts and the table share. */
export function useSelection(): Selection {
  const { actions } = useServices();
  const selected = useView((state) => state.marked);
  const hovered = useView((state) => state.hovered);
  return useMemo(
    () => ({ selected, hovered, onSelect: actions.onSelect, onHover: actions.onHover }),
    [selected, hovered, actions],
  );
}
