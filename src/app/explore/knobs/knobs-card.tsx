import { Button, Menu, SegmentedControl } from "@mantine/core";
import { memo, useMemo } from "react";
import hidden from "../../ui/hidden.module.css";
import { ChevronIcon, DiceIcon } from "../../ui/icons.tsx";
import { listAt } from "../families/family.ts";
import { useExplore, useExploreStore, useNetwork } from "../state/context.tsx";
import { DerivedFacts } from "./derived-facts.tsx";
import { FamilySelect } from "./family-select.tsx";
import { ImagesForm } from "./images-form.tsx";
import { KnobRow } from "./knob-row.tsx";
import styles from "./knobs.module.css";

/** The family and its parameters. */
export function KnobsCard() {
  const family = useExplore((state) => state.family);
  const values = useExplore((state) => state.point.values);
  const images = useExplore((state) => state.point.images);
  const { derived } = useNetwork();
  const knobs = useMemo(() => family.knobs(images), [family, images]);
  return (
    <section className={styles.card} aria-labelledby="explore-knobs">
      <h2 id="explore-knobs" className={hidden.hidden}>
        Family and parameters
      </h2>
      <FamilySelect />
      <Pick />
      <ImagesForm />
      {family.stageCounts !== undefined && (
        <StageCount counts={family.stageCounts} count={listAt(values, "depths").length} />
      )}
      {knobs.map((knob) => (
        <KnobRow key={knob.key} knob={knob} values={values} />
      ))}
      {derived !== undefined && derived.length > 0 && <DerivedFacts derived={derived} />}
    </section>
  );
}

/** Ways to another network than by sliders; none of them changes while one moves. */
const Pick = memo(function Pick() {
  return (
    <div className={styles.pick}>
      <PresetsMenu />
      <RandomizeButton />
    </div>
  );
});

function PresetsMenu() {
  const store = useExploreStore();
  const family = useExplore((state) => state.family);
  const presets = useMemo(() => family.presets(), [family]);
  if (presets.length === 0) return null;
  return (
    <Menu position="bottom-start" width="target">
      <Menu.Target>
        <Button variant="default" size="xs" flex={1} rightSection={<ChevronIcon size={14} />}>
          Published
        </Button>
      </Menu.Target>
      <Menu.Dropdown className={styles.presets}>
        {presets.map(({ id, label, point }) => (
          <Menu.Item key={id} onClick={() => store.getState().take(point)}>
            {label}
          </Menu.Item>
        ))}
      </Menu.Dropdown>
    </Menu>
  );
}

function RandomizeButton() {
  const store = useExploreStore();
  const seed = useExplore((state) => state.seed);
  const draw = useExplore((state) => state.draw);
  return (
    <Button
      variant="default"
      size="xs"
      flex={1}
      leftSection={<DiceIcon size={14} />}
      title={`the next network of the population with seed ${seed}${draw === 0 ? "" : `; ${draw} drawn`}`}
      onClick={() => store.getState().randomize()}
    >
      Randomize
    </Button>
  );
}

const StageCount = memo(function StageCount({
  counts,
  count,
}: {
  readonly counts: readonly number[];
  readonly count: number;
}) {
  const store = useExploreStore();
  return (
    <div className={styles.pair}>
      <span className={styles.pairLabel} aria-hidden="true">
        Stages
      </span>
      <SegmentedControl
        aria-label="Number of stages"
        data={counts.map(String)}
        value={String(count)}
        onChange={(value) => store.getState().setStages(Number(value))}
      />
    </div>
  );
});
