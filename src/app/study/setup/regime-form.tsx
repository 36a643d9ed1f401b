import { Checkbox, UnstyledButton } from "@mantine/core";
import { useState } from "react";
import { defaultRegime, regimeLimits } from "../../../engine/training/regime.ts";
import { type RegimeField, regimeFields, regimeSwitches } from "../../../engine/training/regime-fields.ts";
import { useDraft, useServices } from "../state/services.tsx";
import { DatasetField } from "./dataset-field.tsx";
import { NumberField } from "./number-field.tsx";
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

/** How every network of the study is trained. */
export function RegimeForm() {
  const { draft } = useServices();
  const study = useDraft((state) => state.study);
  const problems = useDraft((state) => state.problems);
  const [more, setMore] = useState(() =>
    [...regimeFields, ...regimeSwitches].some(
      ({ key }) => !isMain(key) && study.regime[key] !== defaultRegime[key],
    ),
  );
  const { editRegime, setSeed } = draft.getState();
  const problemAt = (path: string) => problems.find((problem) => problem.path === path)?.message;
  const field = ({ key, label, symbol, integer, help }: RegimeField) => (
    <NumberField
      key={key}
      label={symbol === undefined ? label : `${label} ${symbol}`}
      value={study.regime[key] ?? regimeLimits[key].min}
      {...regimeLimits[key]}
      integer={integer}
      help={help}
      error={problemAt(`regime.${key}`)}
      onChange={(value) => editRegime({ [key]: value })}
    />
  );

  return (
    <fieldset className={styles.regime}>
      <legend className={styles.sectionTitle}>Regime</legend>
      <DatasetField regime={study.regime} error={problemAt("regime.dataset")} onChange={editRegime} />
      {regimeFields.filter(({ key }) => isMain(key)).map(field)}
      <NumberField
        label="Seed"
        value={study.seed}
        min={0}
        max={0xffffffff}
        integer
        help="fixes the drawn networks, their initial weights and the order of the images"
        error={problemAt("seed")}
        onChange={setSeed}
      />
      {more ? (
        <>
          {regimeFields.filter(({ key }) => !isMain(key)).map(field)}
          {regimeSwitches.map(({ key, label, help }) => (
            <Checkbox
              key={key}
              size="xs"
              label={<span title={help}>{label}</span>}
              checked={study.regime[key] ?? false}
              onChange={(event) => editRegime({ [key]: event.currentTarget.checked })}
            />
          ))}
        </>
      ) : (
        <UnstyledButton className={styles.textButton} onClick={() => setMore(true)}>
          More of the regime
        </UnstyledButton>
      )}
    </fieldset>
  );
}
