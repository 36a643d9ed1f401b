import { Button, Menu } from "@mantine/core";
import { memo } from "react";
import { type SpaceId, spaceOf } from "../../../engine/spaces/registry.ts";
import { useDatasetsStore } from "../../datasets/state/context.tsx";
import { factsOf } from "../../datasets/state/datasets-store.ts";
import { useServices } from "../../study/state/services.tsx";
import { ChevronIcon } from "../../ui/icons.tsx";
import { listAt } from "../families/family.ts";
import { trainableOn } from "../model/trainable.ts";
import { useExplore, useExploreStore } from "../state/context.tsx";
import { addToStudy } from "./study-actions.ts";

export interface AddMenuProps {
  readonly canTrain: boolean;
  readonly disabled: boolean;
  /** Tells what came of it. */
  readonly onSaid: (text: string) => void;
}

/** Puts the network, or a population of its family, into the study under work. */
export const AddMenu = memo(function AddMenu({ canTrain, disabled, onSaid }: AddMenuProps) {
  const services = useServices();
  const store = useExploreStore();
  const datasets = useDatasetsStore();
  const space = useExplore((state) => state.family.space);

  const add = (make: Parameters<typeof addToStudy>[1]) => {
    const added = addToStudy(services, make);
    onSaid(
      "problem" in added
        ? `Not added: ${added.problem}.`
        : `Added to “${added.study}”: ${added.populations} populations.`,
    );
  };
  const addNetwork = () => {
    const { family } = store.getState();
    const name = services.draft.getState().study.regime.dataset;
    const dataset = factsOf(datasets.getState(), name);
    const trainable = dataset && trainableOn(dataset, store.getState());
    if (trainable === undefined) return onSaid(`Not added: the study's data set, ${name}, is not here.`);
    if (!("spec" in trainable)) return onSaid(`Not added: ${trainable.reason}`);
    const { spec } = trainable;
    add((free) => ({ name: free(`Chosen ${family.label}`), networks: [spec], count: 1 }));
  };
  const addSpace = (id: SpaceId) => {
    const { point } = store.getState();
    const stages = listAt(point.values, "depths").length === 4 ? 4 : 3;
    add((free, budget) => ({
      name: free(spaceOf(id).label),
      space: id,
      count: 8,
      stages,
      stemWidth: 16,
      budget,
    }));
  };
  return (
    <Menu position="top-end">
      <Menu.Target>
        <Button variant="default" rightSection={<ChevronIcon size={14} />} disabled={disabled}>
          Add to study
        </Button>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.Item onClick={addNetwork} disabled={!canTrain}>
          This network
        </Menu.Item>
        {space !== undefined && (
          <Menu.Item onClick={() => addSpace(space)}>A population of {spaceOf(space).label}</Menu.Item>
        )}
      </Menu.Dropdown>
    </Menu>
  );
});
