import { ActionIcon, Menu, Tooltip } from "@mantine/core";
import { useState } from "react";
import type { StudySummary } from "../../../engine/sweep/protocol.ts";
import { HistoryIcon, TrashIcon } from "../../ui/icons.tsx";
import { isActive } from "../state/run-store.ts";
import { useRun, useServices } from "../state/services.tsx";
import styles from "./setup.module.css";

/** Studies kept in this browser. While one runs, the others wait. */
export function StudiesMenu() {
  const { draft, run, sweep } = useServices();
  const studies = useRun((state) => state.studies);
  const current = useRun((state) => state.studyId);
  const active = useRun((state) => isActive(state.phase));
  const open = async (id: string) => {
    const study = await sweep.open(id);
    if (study !== undefined) draft.getState().replace(study);
  };
  if (studies.length === 0) return null;
  return (
    <Menu>
      <Menu.Target>
        <Tooltip label={active ? "Studies: stop the run first" : "Studies"}>
          <ActionIcon size={26} aria-label="Studies" disabled={active}>
            <HistoryIcon />
          </ActionIcon>
        </Tooltip>
      </Menu.Target>
      <Menu.Dropdown className={styles.studies}>
        <Menu.Label>Studies in this browser</Menu.Label>
        {studies.slice(0, 12).map((study) => (
          <Menu.Item
            key={study.id}
            onClick={() => void open(study.id)}
            {...(study.id === current ? { "aria-current": true } : {})}
          >
            <b>{study.name}</b>
            <span className={styles.small}>{studyLine(study)}</span>
          </Menu.Item>
        ))}
        {current !== undefined && run.getState().phase !== "idle" && (
          <>
            <Menu.Divider />
            <DeleteItem onDelete={() => void sweep.forget(current)} />
          </>
        )}
      </Menu.Dropdown>
    </Menu>
  );
}

/** Trials cannot be brought back, so the first click only asks. */
function DeleteItem({ onDelete }: { readonly onDelete: () => void }) {
  const [asked, setAsked] = useState(false);
  return (
    <Menu.Item
      leftSection={<TrashIcon />}
      c="var(--bad)"
      closeMenuOnClick={asked}
      onClick={() => (asked ? onDelete() : setAsked(true))}
    >
      {asked ? "Delete it with all its trials" : "Delete this study …"}
    </Menu.Item>
  );
}

function studyLine({ settled, total, updatedAt }: StudySummary): string {
  const when = new Date(updatedAt).toLocaleString("en-GB", {
    day: "numeric",
    month: "short",
    hour: "2-digit",
    minute: "2-digit",
  });
  return `${settled} of ${total} trained · ${when}`;
}
