import { Button } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import type { TrialRow } from "../study/trials/trial-rows.ts";

const ProfileDialog = lazy(() => import("./profile-dialog.tsx"));

/** The way to where a network's training step spends its time: all that the study view knows of the profiler. */
export function ProfileButton({ row }: { readonly row: TrialRow | undefined }) {
  const [opened, setOpened] = useState<TrialRow>();
  return (
    <>
      <Button
        fullWidth
        mt={8}
        variant="default"
        disabled={row === undefined}
        title="Time every kernel of a training step on this device"
        onClick={() => setOpened(row)}
      >
        Profile on this device
      </Button>
      {opened !== undefined && (
        <Suspense>
          <ProfileDialog key={opened.id} row={opened} onClose={() => setOpened(undefined)} />
        </Suspense>
      )}
    </>
  );
}
