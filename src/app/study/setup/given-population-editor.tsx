import { ActionIcon, TextInput } from "@mantine/core";
import { formatSi } from "../../../charts/format.ts";
import type { InputProblem } from "../../../engine/math/input-error.ts";
import { complexity } from "../../../engine/network/complexity.ts";
import type { GivenPopulation } from "../../../engine/sweep/study.ts";
import { studyLimits } from "../../../engine/sweep/study-limits.ts";
import hidden from "../../ui/hidden.module.css";
import { CloseIcon } from "../../ui/icons.tsx";
import styles from "./setup.module.css";

export interface GivenPopulationEditorProps {
  readonly population: GivenPopulation;
  readonly index: number;
  readonly color: string;
  readonly problems: readonly InputProblem[];
  readonly onRename: (name: string) => void;
  /** Absent for the last population: a study has at least one. */
  readonly onRemove: (() => void) | undefined;
}

/** Networks that were given one by one: nothing of them is drawn, so only the name is open. */
export function GivenPopulationEditor(props: GivenPopulationEditorProps) {
  const { population, index, color, problems, onRename, onRemove } = props;
  const { name, networks } = population;
  const path = `populations[${index}]`;
  const named = problems.find((problem) => problem.path === `${path}.name`);
  const others = problems.filter((problem) => problem !== named && problem.path.startsWith(path));
  return (
    <fieldset className={styles.population}>
      <legend className={hidden.hidden}>Population {name}</legend>
      <div className={styles.populationHead}>
        <i className={styles.chip} style={{ background: color }} />
        <TextInput
          aria-label={`Name of population ${index + 1}`}
          value={name}
          maxLength={studyLimits.nameLength}
          error={named?.message}
          onChange={(event) => onRename(event.currentTarget.value)}
          classNames={{ root: styles.nameRoot, input: styles.nameInput }}
        />
        {onRemove !== undefined && (
          <ActionIcon size="sm" onClick={onRemove} aria-label={`Remove population ${name}`}>
            <CloseIcon size={13} />
          </ActionIcon>
        )}
      </div>
      <p className={styles.small}>{givenText(population)}</p>
      {networks.length > 1 && (
        <ul className={styles.given}>
          {networks.map((spec, i) => (
            // biome-ignore lint/suspicious/noArrayIndexKey: a network is its place
            <li key={i}>
              {spec.name ?? `network ${i + 1}`} <span>{formatSi(complexity(spec).flops)} FLOPs</span>
            </li>
          ))}
        </ul>
      )}
      {others.map((problem) => (
        <p key={problem.path} className={styles.fieldError} role="alert">
          {problem.path}: {problem.message}
        </p>
      ))}
    </fieldset>
  );
}

/** "one given network, 2.21 M FLOPs, 64.3 k params". */
export function givenText({ networks, count }: GivenPopulation): string {
  const [first] = networks;
  if (first === undefined) return `${count} networks, known from their records`;
  if (networks.length !== 1) return `${networks.length} given networks`;
  const { flops, params } = complexity(first);
  return `one given network, ${formatSi(flops)} FLOPs, ${formatSi(params)} params`;
}
