import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { studyLimits } from "../../engine/sweep/study-limits.ts";
import styles from "./studies.module.css";
import type { StudyRow } from "./study-rows.ts";

/** A field in the place of the name: Enter takes the new one, Esc leaves the old. */
export function RenameRow({
  name,
  onDone,
}: {
  readonly name: string;
  readonly onDone: (name: string | undefined) => void;
}) {
  const [text, setText] = useState(name);
  return (
    <TextInput
      aria-label={`New name of ${name}`}
      value={text}
      maxLength={studyLimits.nameLength}
      autoFocus
      onFocus={(event) => event.currentTarget.select()}
      onChange={(event) => setText(event.currentTarget.value)}
      onBlur={() => onDone(text.trim() || undefined)}
      onKeyDown={(event) => {
        if (event.key === "Enter") onDone(text.trim() || undefined);
        else if (event.key === "Escape") {
          // Not the dialog with it.
          event.preventDefault();
          event.stopPropagation();
          onDone(undefined);
        }
      }}
    />
  );
}

/** Trials cannot be brought back: the question says how many there are. */
export function DeleteRow({
  row: { name, settled },
  onDone,
}: {
  readonly row: StudyRow;
  readonly onDone: (sure: boolean) => void;
}) {
  return (
    <span className={styles.ask} role="alertdialog" aria-label={`Delete ${name}?`}>
      <Button size="compact-xs" color="red" autoFocus onClick={() => onDone(true)}>
        Delete {settled === 1 ? "1 trial" : `${settled} trials`}
      </Button>
      <Button size="compact-xs" variant="default" onClick={() => onDone(false)}>
        Keep
      </Button>
    </span>
  );
}
