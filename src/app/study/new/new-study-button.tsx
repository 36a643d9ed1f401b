import { ActionIcon, Tooltip } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import { createPortal } from "react-dom";
import { PlusIcon } from "../../ui/icons.tsx";
import { isActive } from "../state/run-store.ts";
import { useRun } from "../state/services.tsx";

/** Templates and the reader of study files are loaded when first asked for. */
const NewStudyDialog = lazy(() => import("./new-study-dialog.tsx"));

/** The way to another set-up: a template of a paper's experiment, or a file. A run under way is to be stopped first. */
export function NewStudyButton() {
  const active = useRun((state) => isActive(state.phase));
  const [open, setOpen] = useState(false);
  return (
    <>
      <Tooltip label={active ? "New study: stop the run first" : "New study"}>
        <ActionIcon size={26} aria-label="New study" disabled={active} onClick={() => setOpen(true)}>
          <PlusIcon size={15} />
        </ActionIcon>
      </Tooltip>
      {open &&
        // Beside the set-up's form, not within it.
        createPortal(
          <Suspense>
            <NewStudyDialog onClose={() => setOpen(false)} />
          </Suspense>,
          document.querySelector("main") ?? document.body,
        )}
    </>
  );
}
