import { Checkbox, UnstyledButton } from "@mantine/core";
import { type ReactNode, useState } from "react";
import type { Study } from "../../../engine/sweep/study.ts";
import { defaultRegime, type Regime, regimeLimits } from "../../../engine/training/regime.ts";
import {
  type RegimeField,
  regimeFields,
  regimeGroups,
  regimeSwitches,
} from "../../../engine/training/regime-fields.ts";
import { useDraft, useServices } from "../state/services.tsx";
import { DatasetField } from "./dataset-field.tsx";
import { NumberField } from "./number-field.tsx";
import { FineTuneFields, ProgressiveFields } from "./regime/phase-fields.tsx";
import type { RegimePartProps } from "./regime/regime-part.ts";
import { ScheduleFields } from "./regime/schedule-fields.tsx";
import { SchedulingFields } from "./scheduling/scheduling-fields.tsx";
import styles from "./setup.module.css";

/** The numbers most studies change; the others fold away. */
const main: readonly string[] = [
  "images",
  "epochs",
  "batch",
  "learningRate",
] satisfies readonly RegimeField["key"][];

function isMain(key: string): boolean {
  return main.includes(key);
}

/** How every network of the study is trained: the few numbers that most studies change, or all of it in groups. */
export function RegimeForm() {
  const { draft } = useServices();
  const study = useDraft((state) => state.study);
  const problems = useDraft((state) => state.problems);
  const [more, setMore] = useState(false);
  // What a study sets must not be hidden, wherever the study came from.
  if (!more && !hasOnlyMain(study)) setMore(true);
  const { editRegime, editScheduling, setSeed } = draft.getState();
  const messageAt = (path: string) => problems.find((problem) => problem.path === path)?.message;
  const problemAt = (path: string) =>
    messageAt(`regime.${path}`) ??
    // An entry of a list has no place of its own.
    problems.find((problem) => problem.path.startsWith(`regime.${path}[`))?.message;
  const part: RegimePartProps = { regime: study.regime, edit: editRegime, problemAt };
  const field = ({ key, label, symbol, integer, help }: RegimeField) => (
    <NumberField
      key={key}
      label={symbol === undefined ? label : `${label} ${symbol}`}
      value={study.regime[key] ?? regimeLimits[key].min}
      {...regimeLimits[key]}
      integer={integer}
      help={help}
      error={problemAt(key)}
      onChange={(value) => editRegime(withNumber(study.regime, key, value))}
    />
  );
  const dataset = <DatasetField regime={study.regime} error={problemAt("dataset")} onChange={editRegime} />;
  const seed = (
    <NumberField
      label="Seed"
      value={study.seed}
      min={0}
      max={0xffffffff}
      integer
      help="fixes the drawn networks, their initial weights and the order of the images"
      error={messageAt("seed")}
      onChange={setSeed}
    />
  );

  if (!more)
    return (
      <fieldset className={styles.regime}>
        <legend className={styles.sectionTitle}>Regime</legend>
        {dataset}
        {regimeFields.filter(({ key }) => isMain(key)).map(field)}
        {seed}
        <UnstyledButton className={styles.textButton} onClick={() => setMore(true)}>
          More of the regime
        </UnstyledButton>
      </fieldset>
    );
  return (
    <fieldset className={styles.regime}>
      <legend className={styles.sectionTitle}>Regime</legend>
      {regimeGroups.map(({ key: group, label }) => (
        <Group key={group} label={label}>
          {group === "data" && dataset}
          {regimeFields.filter((each) => each.group === group).map(field)}
          {group === "length" && seed}
          {group === "schedule" && <ScheduleFields {...part} />}
          {regimeSwitches
            .filter((each) => each.group === group)
            .map(({ key, label, help }) => (
              <Checkbox
                key={key}
                size="xs"
                label={<span title={help}>{label}</span>}
                checked={study.regime[key] ?? false}
                onChange={(event) => editRegime({ [key]: event.currentTarget.checked })}
              />
            ))}
        </Group>
      ))}
      <Group label="Phases">
        <ProgressiveFields {...part} />
        <FineTuneFields {...part} />
      </Group>
      <Group label="Trials">
        <SchedulingFields study={study} edit={editScheduling} messageAt={messageAt} />
      </Group>
      {hasOnlyMain(study) && (
        <UnstyledButton className={styles.textButton} onClick={() => setMore(false)}>
          Less of the regime
        </UnstyledButton>
      )}
    </fieldset>
  );
}

function Group({ label, children }: { readonly label: string; readonly children: ReactNode }) {
  return (
    <fieldset className={styles.group}>
      <legend>{label}</legend>
      <div className={styles.groupBody}>{children}</div>
    </fieldset>
  );
}

/** RandAugment goes on whole, two operations an image as in the paper, and off with all that belongs to it. */
function withNumber(regime: Regime, key: RegimeField["key"], value: number): Partial<Regime> {
  if (key !== "randAugment") return { [key]: value };
  if (value === 0) return { randAugment: 0, randAugmentOperations: undefined };
  const begins = !regime.randAugment && regime.randAugmentOperations === undefined;
  return { randAugment: value, ...(begins ? { randAugmentOperations: 2 } : {}) };
}

/** Whether everything that the short form does not show is at its default. */
function hasOnlyMain({ regime, repeats, halving, stop }: Study): boolean {
  if (repeats !== undefined || halving !== undefined || stop !== undefined) return false;
  const keys = Object.keys(regime) as (keyof Regime)[];
  return keys.every(
    (key) => key === "dataset" || isMain(key) || !regime[key] || regime[key] === defaultRegime[key],
  );
}
