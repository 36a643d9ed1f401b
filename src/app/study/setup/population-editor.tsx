import { ActionIcon, NativeSelect, SegmentedControl, TextInput, UnstyledButton } from "@mantine/core";
import { useState } from "react";
import type { InputProblem } from "../../../engine/math/input-error.ts";
import type { ParameterDraws } from "../../../engine/spaces/parameter-draw.ts";
import { type SpaceId, spaceOf } from "../../../engine/spaces/registry.ts";
import { parametersOf } from "../../../engine/sweep/parameters-schema.ts";
import { type BudgetKey, budgetKeys, type DrawnPopulation } from "../../../engine/sweep/study.ts";
import { studyLimits } from "../../../engine/sweep/study-limits.ts";
import hidden from "../../ui/hidden.module.css";
import { CloseIcon } from "../../ui/icons.tsx";
import { spaceHints, spaceOptions } from "../spaces.ts";
import { AcceptanceText } from "./acceptance-text.tsx";
import { BudgetSlider } from "./budget-slider.tsx";
import { NormSelect } from "./norm-select.tsx";
import { NumberField } from "./number-field.tsx";
import { ParameterFields } from "./parameter-fields.tsx";
import styles from "./setup.module.css";

export interface PopulationEditorProps {
  readonly population: DrawnPopulation;
  readonly index: number;
  readonly color: string;
  readonly problems: readonly InputProblem[];
  readonly onChange: (change: Partial<DrawnPopulation>) => void;
  /** Absent for the last population: a study has at least one. */
  readonly onRemove: (() => void) | undefined;
}

/** What of a population's parameters another space has too. */
function knownTo(space: SpaceId, parameters: ParameterDraws | undefined): ParameterDraws | undefined {
  const known = parametersOf(space).map(({ name }) => name as string);
  const kept = Object.entries(parameters ?? {}).filter(([name]) => known.includes(name));
  return kept.length === 0 ? undefined : Object.fromEntries(kept);
}

/** One population of a design space open for editing: its space, how many networks, within which costs. */
export function PopulationEditor(props: PopulationEditorProps) {
  const { population, index, color, problems, onChange, onRemove } = props;
  const { name, space, count, stages, budget, parameters, norm } = population;
  const [opened, setOpened] = useState<boolean>();
  const free = opened ?? (parameters !== undefined || norm !== undefined);
  const [more, setMore] = useState(budget.params !== undefined || budget.acts !== undefined);
  const shown: readonly BudgetKey[] = more ? budgetKeys : ["flops"];
  const { fixedStages } = spaceOf(space);
  const path = `populations[${index}]`;
  const problemAt = (field: string) =>
    problems.find((problem) => problem.path === `${path}.${field}`)?.message;
  const setBudget = (key: BudgetKey, range: DrawnPopulation["budget"][BudgetKey]) => {
    const { [key]: _, ...others } = budget;
    onChange({ budget: range === undefined ? others : { ...others, [key]: range } });
  };

  return (
    <fieldset className={styles.population}>
      <legend className={hidden.hidden}>Population {name}</legend>
      <div className={styles.populationHead}>
        <i className={styles.chip} style={{ background: color }} />
        <TextInput
          aria-label={`Name of population ${index + 1}`}
          value={name}
          maxLength={studyLimits.nameLength}
          error={problemAt("name")}
          onChange={(event) => onChange({ name: event.currentTarget.value })}
          classNames={{ root: styles.nameRoot, input: styles.nameInput }}
        />
        {onRemove !== undefined && (
          <ActionIcon size="sm" onClick={onRemove} aria-label={`Remove population ${name}`}>
            <CloseIcon size={13} />
          </ActionIcon>
        )}
      </div>
      <div className={styles.populationRow}>
        <NativeSelect
          aria-label={`${name}: design space`}
          title={spaceHints[space]}
          data={spaceOptions}
          value={space}
          onChange={(event) => {
            const next = event.currentTarget.value as SpaceId;
            onChange({ space: next, parameters: knownTo(next, parameters) });
          }}
        />
        {fixedStages === undefined ? (
          <SegmentedControl
            aria-label={`${name}: stages`}
            data={[
              { value: "2", label: "2" },
              { value: "3", label: "3 stages" },
              { value: "4", label: "4" },
            ]}
            value={String(stages)}
            onChange={(value) => onChange({ stages: Number(value) })}
          />
        ) : (
          <span>{fixedStages} stages</span>
        )}
      </div>
      <NumberField
        label="Networks"
        value={count}
        min={1}
        max={studyLimits.count}
        integer
        help={`1 to ${studyLimits.count}`}
        error={problemAt("count")}
        width={72}
        onChange={(value) => onChange({ count: value })}
      />
      {shown.map((key) => (
        <BudgetSlider
          key={key}
          budget={key}
          range={budget[key]}
          color={color}
          population={name}
          onChange={(range) => setBudget(key, range)}
        />
      ))}
      {free && (
        <>
          <ParameterFields
            key={space}
            population={name}
            space={space}
            parameters={parameters ?? {}}
            problems={problems.flatMap((problem) => {
              const own = `${path}.parameters.`;
              return problem.path.startsWith(own)
                ? [{ ...problem, path: problem.path.slice(own.length) }]
                : [];
            })}
            onChange={(next) => onChange({ parameters: next })}
          />
          <NormSelect population={name} value={norm} onChange={(next) => onChange({ norm: next })} />
        </>
      )}
      <div className={styles.populationFoot}>
        <AcceptanceText population={population} />
        {!more && (
          <UnstyledButton className={styles.textButton} onClick={() => setMore(true)}>
            More bounds
          </UnstyledButton>
        )}
        <UnstyledButton
          className={styles.textButton}
          aria-expanded={free}
          aria-label={`${name}: parameters`}
          onClick={() => setOpened(!free)}
        >
          {free ? "Fewer" : "Parameters"}
        </UnstyledButton>
      </div>
    </fieldset>
  );
}
