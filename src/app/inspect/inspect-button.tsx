import { Button } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import { useServices } from "../study/state/services.tsx";
import type { TrialRow } from "../study/trials/trial-rows.ts";
import { SearchIcon } from "../ui/icons.tsx";

/** TF.js and the panel are loaded when first asked for. */
const InspectDialog = lazy(() => import("./panel/inspect-dialog.tsx"));

/** The way into a trained network: the only thing of the inspector that the study view knows. */
export function InspectButton({ row }: { readonly row: TrialRow | undefined }) {
  const { run } = useServices();
  const [opened, setOpened] = useState<TrialRow>();
  const record = (id: string, measured: Readonly<Record<string, number>>) =>
    run.setState(({ trials }) => {
      const trial = trials.get(id);
      return trial === undefined ? {} : { trials: new Map(trials).set(id, { ...trial, measured }) };
    });
  const trained = row?.status === "done";
  return (
    <>
      <Button
        flex={1}
        variant="default"
        leftSection={<SearchIcon />}
        disabled={!trained}
        title={trained ? "Test images one by one, mistakes, latency" : "Once the network is trained"}
        onClick={() => setOpened(row)}
      >
        Inspect
      </Button>
      {opened !== undefined && (
        <Suspense>
          <InspectDialog
            key={opened.id}
            row={opened}
            onMeasured={(measured) => record(opened.id, measured)}
            onClose={() => setOpened(undefined)}
          />
        </Suspense>
      )}
    </>
  );
}
