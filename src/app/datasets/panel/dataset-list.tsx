import { UnstyledButton } from "@mantine/core";
import { datasets } from "../../../engine/data/catalogue.ts";
import { useDatasets } from "../state/context.tsx";
import { presenceOf } from "../state/datasets-store.ts";
import styles from "./datasets.module.css";

/** Every data set that can be trained on, and those that could be. */
export function DatasetList({
  selected,
  onSelect,
}: {
  readonly selected: string | undefined;
  readonly onSelect: (name: string) => void;
}) {
  const state = useDatasets((all) => all);
  const own = state.kept.filter(({ manifest }) => manifest.name.startsWith("own:"));
  const sets = [...datasets, ...own.map(({ manifest }) => manifest)];
  return (
    <nav className={styles.list} aria-label="Data sets">
      {sets.map(({ name, title, shape, classes }) => {
        const absent = presenceOf(state, name) !== "here";
        return (
          <UnstyledButton
            key={name}
            className={styles.item}
            {...(name === selected ? { "aria-current": true } : {})}
            onClick={() => onSelect(name)}
          >
            <b>{title}</b>
            <span>
              {absent
                ? "not here"
                : `${shape[0]}×${shape[1]}${shape[2] === 1 ? "" : ", colour"}, ${classes.length} classes`}
            </span>
          </UnstyledButton>
        );
      })}
    </nav>
  );
}
