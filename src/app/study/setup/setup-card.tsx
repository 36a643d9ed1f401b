import { Button, TextInput } from "@mantine/core";
import { isGiven, isScaled } from "../../../engine/sweep/study.ts";
import { studyLimits } from "../../../engine/sweep/study-limits.ts";
import { populationColor } from "../../theme/theme.ts";
import hidden from "../../ui/hidden.module.css";
import { PlusIcon } from "../../ui/icons.tsx";
import { NewStudyButton } from "../new/new-study-button.tsx";
import { useDraft, useRun, useServices } from "../state/services.tsx";
import { DeviceForm } from "./device-form.tsx";
import { GivenPopulationEditor } from "./given-population-editor.tsx";
import { PopulationEditor } from "./population-editor.tsx";
import { RegimeForm } from "./regime-form.tsx";
import { ScaledPopulationEditor } from "./scaled-population-editor.tsx";
import styles from "./setup.module.css";
import { SetupSummary } from "./setup-summary.tsx";
import { StudiesMenu } from "./studies-menu.tsx";

/** The set-up: open for editing until a study begins, then what was set up. */
export function SetupCard() {
  const study = useRun((state) => (state.phase === "idle" ? undefined : state.study));
  return (
    <section className={styles.card} aria-label="Set-up">
      {study === undefined ? (
        <SetupForm />
      ) : (
        <>
          <div className={styles.head}>
            <h2 className={styles.title}>{study.name}</h2>
            <NewStudyButton />
            <StudiesMenu />
          </div>
          <SetupSummary study={study} />
        </>
      )}
    </section>
  );
}

function SetupForm() {
  const { draft } = useServices();
  const study = useDraft((state) => state.study);
  const problems = useDraft((state) => state.problems);
  const { rename, editPopulation, setPopulation, addPopulation, addScaled, removePopulation } =
    draft.getState();
  const { populations } = study;
  const full = populations.length >= studyLimits.populations;
  return (
    <form onSubmit={(event) => event.preventDefault()}>
      <div className={styles.head}>
        <h2 className={hidden.hidden}>Set-up</h2>
        <TextInput
          aria-label="Name of the study"
          value={study.name}
          maxLength={studyLimits.nameLength}
          error={problems.find(({ path }) => path === "name")?.message}
          onChange={(event) => rename(event.currentTarget.value)}
          classNames={{ root: styles.nameRoot, input: styles.studyName }}
        />
        <NewStudyButton />
        <StudiesMenu />
      </div>
      {populations.map((population, i) => {
        const place = {
          index: i,
          color: populationColor(i),
          problems,
          onRemove: populations.length > 1 ? () => removePopulation(i) : undefined,
        };
        // A population is its place; its name changes as one types.
        if (isScaled(population))
          return (
            <ScaledPopulationEditor
              // biome-ignore lint/suspicious/noArrayIndexKey: as above
              key={i}
              {...place}
              population={population}
              onChange={(next) => setPopulation(i, next)}
            />
          );
        return isGiven(population) ? (
          <GivenPopulationEditor
            // biome-ignore lint/suspicious/noArrayIndexKey: as above
            key={i}
            {...place}
            population={population}
            onRename={(name) => editPopulation(i, { name })}
          />
        ) : (
          <PopulationEditor
            // biome-ignore lint/suspicious/noArrayIndexKey: as above
            key={i}
            {...place}
            population={population}
            onChange={(change) => editPopulation(i, change)}
          />
        );
      })}
      <div className={styles.adders}>
        <Button
          variant="default"
          size="xs"
          leftSection={<PlusIcon size={14} />}
          disabled={full}
          onClick={addPopulation}
        >
          Population
        </Button>
        <Button
          variant="default"
          size="xs"
          leftSection={<PlusIcon size={14} />}
          disabled={full}
          title="networks that a scaling formula makes of one baseline"
          onClick={addScaled}
        >
          Scaled
        </Button>
      </div>
      <RegimeForm />
      <DeviceForm />
    </form>
  );
}
