import { ActionIcon, Button, Tooltip } from "@mantine/core";
import { lazy, Suspense, useState } from "react";
import { createPortal } from "react-dom";
import { HistoryIcon } from "../../ui/icons.tsx";

/** The list and its worker are loaded when first asked for. */
const StudiesDialog = lazy(() => import("../../studies/studies-dialog.tsx"));

/** The way to the studies that this browser keeps; with words where they are given, else as an icon. */
export function StudiesMenu({ words }: { readonly words?: string }) {
  const [open, setOpen] = useState(false);
  return (
    <>
      {words === undefined ? (
        <Tooltip label="Studies">
          <ActionIcon size={26} aria-label="Studies" onClick={() => setOpen(true)}>
            <HistoryIcon />
          </ActionIcon>
        </Tooltip>
      ) : (
        <Button size="xs" variant="default" onClick={() => setOpen(true)}>
          {words}
        </Button>
      )}
      {open &&
        // Beside the set-up's form, not within it: fields of the list are none of the set-up's.
        createPortal(
          <Suspense>
            <StudiesDialog onClose={() => setOpen(false)} />
          </Suspense>,
          document.querySelector("main") ?? document.body,
        )}
    </>
  );
}
