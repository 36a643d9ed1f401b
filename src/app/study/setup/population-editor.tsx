import { ActionIcon, NativeSelect, SegmentedControl, TextInput, UnstyledButton } from "@mantine/core";
import { useState } from "react";
import type { InputProblem } from "../../../engine/math/input-error.ts";
import { type SpaceId, spaceOf } from "../../../engine/spaces/registry.ts";
import {
  type BudgetKey,
  budgetKeys,
  type DrawnPopulation,
  studyLimits,
} from "../../../engine/sweep/study.ts";
import { CloseIcon } from "../../ui/icons.tsx";
import { spaceHints, spaceOptions } from "../spaces.ts";
import { AcceptanceText } from "./acceptance-text.tsx";
import { BudgetSlider } from "./budget-slider.tsx";
import { NumberField } from "./number-field.tsx";
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

/** One population of a design space open for editing: its space, how many networks, within which costs. */
export function PopulationEditor(props: PopulationEditorProps) {
  const { population, index, color, problems, onChange, onRemove } = props;
  const { name, space, count, stages, budget } = population;
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
      <legend className={styles.hidden}>Population {name}</legend>
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
          onChange={(event) => onChange({ space: event.currentTarget.value as SpaceId })}
        />
        {fixedStages === undefined ? (
          <SegmentedControl
            aria-label={`${name}: stages`}
            data={[
              { value: "3", label: "3 stages" },
              { value: "4", label: "4" },
            ]}
            value={String(stages)}
            onChange={(value) => onChange({ stages: value === "4" ? 4 : 3 })}
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
      <div className={styles.populationFoot}>
        <AcceptanceText population={population} />
        {!more && (
          <UnstyledButton className={styles.textButton} onClick={() => setMore(true)}>
            More bounds
          </UnstyledButton>
        )}
      </div>
    </fieldset>
  );
}
