import { useMemo } from "react";
import { formatInteger, trim } from "../../../charts/format.ts";
import { normLabel } from "../../../engine/sweep/norm-choice.ts";
import {
  budgetKeys,
  type DrawnPopulation,
  isGiven,
  isScaled,
  type Population,
  type Study,
} from "../../../engine/sweep/study.ts";
import { isSettled } from "../../../engine/sweep/trial.ts";
import { useDatasets } from "../../datasets/state/context.tsx";
import { titleOf } from "../../datasets/state/datasets-store.ts";
import { populationColor } from "../../theme/theme.ts";
import { type Fact, Facts } from "../../ui/facts.tsx";
import { spaceLabels } from "../spaces.ts";
import { useRun } from "../state/services.tsx";
import { acceptedShare } from "./acceptance-text.tsx";
import { budgetScales, rangeText } from "./budget-slider.tsx";
import { givenText } from "./given-population-editor.tsx";
import { parameterTexts, scaledText } from "./population-text.ts";
import { furtherFacts } from "./regime/regime-facts.ts";
import { schedulingFacts } from "./scheduling/scheduling-text.ts";
import styles from "./setup.module.css";

/** The set-up of a study that has begun: what is compared, how far each population is. */
export function SetupSummary({ study }: { readonly study: Study }) {
  const { seed } = study;
  const { regime, mixed } = useRegime(study);
  const dataset = useDatasets((state) => titleOf(state, regime.dataset));
  const facts: Fact[] = [
    { key: "dataset", label: "Data", value: dataset },
    { key: "images", label: "Images per epoch", value: formatInteger(regime.images) },
    { key: "testImages", label: "Test images", value: formatInteger(regime.testImages) },
    { key: "epochs", label: "Epochs", value: regime.epochs },
    { key: "batch", label: "Batch", value: regime.batch },
    {
      key: "learningRate",
      label: "Learning rate η",
      value: `${trim(regime.learningRate, 3)}, ${regime.schedule}`,
    },
    { key: "seed", label: "Seed", value: seed },
    ...furtherFacts(regime),
    ...schedulingFacts(study),
  ];
  return (
    <>
      <ul className={styles.summaries}>
        {study.populations.map((population, i) => (
          <PopulationSummary
            key={population.name}
            population={population}
            seeds={study.repeats ?? 1}
            color={populationColor(i)}
          />
        ))}
      </ul>
      <h3 className={styles.sectionTitle}>Regime</h3>
      {study.archive !== undefined && mixed ? (
        <p className={styles.small}>
          Its trials were trained in different ways; every network’s own is with it.
        </p>
      ) : (
        <Facts facts={facts} />
      )}
      <OriginText />
    </>
  );
}

/** The regime of the study; of an archive that of its records, which may be trained in several ways. */
function useRegime(study: Study): { readonly regime: Study["regime"]; readonly mixed: boolean } {
  const trials = useRun((state) => state.trials);
  return useMemo(() => {
    if (study.archive === undefined) return { regime: study.regime, mixed: false };
    const [first, ...others] = trials.values();
    const regime = first?.regime ?? study.regime;
    const text = JSON.stringify(regime);
    return { regime, mixed: others.some((trial) => JSON.stringify(trial.regime) !== text) };
  }, [study, trials]);
}

/** Where a study came from that was not run here, and what of it has no word here. */
function OriginText() {
  const origin = useRun((state) => state.origin);
  if (origin === undefined) return null;
  return (
    <>
      <h3 className={styles.sectionTitle}>Origin</h3>
      <p className={styles.small}>From {origin.from}.</p>
      {origin.notes.length > 0 && (
        <ul className={styles.originNotes}>
          {origin.notes.map((note) => (
            <li key={note}>{note}</li>
          ))}
        </ul>
      )}
    </>
  );
}

function PopulationSummary({
  population,
  seeds,
  color,
}: {
  readonly population: Population;
  /** Of each of its networks. */
  readonly seeds: number;
  readonly color: string;
}) {
  const { name } = population;
  const count = population.count * seeds;
  const trials = useRun((state) => state.trials);
  const own = useMemo(
    () => [...trials.values()].filter((trial) => trial.population === name && isSettled(trial)),
    [trials, name],
  );
  const settled = own.length;
  const drawn = own.reduce((sum, { draws }) => sum + draws, 0);
  const text = isGiven(population)
    ? givenText(population)
    : isScaled(population)
      ? scaledText(population)
      : [
          ...drawnParts(population),
          ...(drawn === 0 ? [] : [`${acceptedShare(settled, drawn)} accepted`]),
        ].join(", ");
  return (
    <li className={styles.summary}>
      <i className={styles.chip} style={{ background: color }} />
      <b>{name}</b>
      <span>
        {settled}/{count}
      </span>
      <span className={styles.small}>{text}</span>
      <div
        className={styles.bar}
        role="progressbar"
        aria-label={`${name}: trained`}
        aria-valuemin={0}
        aria-valuemax={count}
        aria-valuenow={Math.min(settled, count)}
      >
        <i style={{ width: `${Math.min(100, (100 * settled) / count)}%`, background: color }} />
      </div>
    </li>
  );
}

/** What its networks are drawn from. */
function drawnParts({ name, space, stages, budget, parameters, norm }: DrawnPopulation): string[] {
  const bounds = budgetKeys.flatMap((key) =>
    budget[key] === undefined ? [] : [`${rangeText(budget[key])} ${budgetScales[key].label}`],
  );
  return [
    ...(name.startsWith(spaceLabels[space]) ? [] : [spaceLabels[space]]),
    `${stages} stages`,
    ...bounds,
    ...parameterTexts(parameters),
    ...(norm === undefined ? [] : [normLabel(norm).toLowerCase()]),
  ];
}
