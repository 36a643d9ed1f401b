import { NativeSelect } from "@mantine/core";
import { memo } from "react";
import { MathText } from "../../ui/math-text.tsx";
import { baselines } from "../families/baseline.ts";
import { families, familyOf } from "../families/registry.ts";
import { useExplore, useExploreStore } from "../state/context.tsx";
import styles from "./knobs.module.css";

const groups = [
  { group: "Design spaces", kind: "space" },
  { group: "Scaling rules", kind: "scaling" },
] as const;

const options = groups.map(({ group, kind }) => ({
  group,
  items: families.filter((family) => family.kind === kind).map(({ id, label }) => ({ value: id, label })),
}));

const baselineOptions = baselines.map(({ id, name }) => ({ value: id, label: name }));

/** Which family, and for a scaling rule which baseline. */
export const FamilySelect = memo(function FamilySelect() {
  const store = useExploreStore();
  const family = useExplore((state) => state.family);
  const baseline = useExplore((state) => state.point.baseline);
  return (
    <>
      <NativeSelect
        size="sm"
        aria-label="Family"
        data={options}
        value={family.id}
        onChange={(event) => {
          const chosen = familyOf(event.currentTarget.value);
          if (chosen !== undefined) store.getState().setFamily(chosen);
        }}
        classNames={{ input: styles.familyInput }}
      />
      <p className={styles.description}>
        <MathText text={family.description} />. <span className={styles.source}>{family.source}</span>
      </p>
      {family.kind === "scaling" && (
        <NativeSelect
          label="Baseline"
          data={baselineOptions}
          value={baseline}
          onChange={(event) => store.getState().setBaseline(event.currentTarget.value)}
          classNames={{ root: styles.pair, label: styles.pairLabel }}
        />
      )}
    </>
  );
});
