import { Button, TextInput } from "@mantine/core";
import { useState } from "react";
import { studyLimits } from "../../engine/sweep/study-limits.ts";
import hidden from "../ui/hidden.module.css";
import styles from "./studies.module.css";
import type { StudyRow } from "./study-rows.ts";

/** What can be done with several studies at once. */
export function MergeBar({
  rows,
  onMerge,
  onClear,
}: {
  readonly rows: readonly StudyRow[];
  readonly onMerge: (name: string) => Promise<void>;
  readonly onClear: () => void;
}) {
  const [name, setName] = useState("");
  const usual = rows
    .map((row) => row.name)
    .join(" + ")
    .slice(0, studyLimits.nameLength);
  const merge = () => void onMerge(name.trim() || usual);
  return (
    <fieldset className={styles.merge}>
      <legend className={hidden.hidden}>Merge</legend>
      <span>{rows.length} studies</span>
      <TextInput
        className={styles.mergeName}
        aria-label="Name of the merged study"
        placeholder={usual}
        maxLength={studyLimits.nameLength}
        value={name}
        onChange={(event) => setName(event.currentTarget.value)}
        onKeyDown={({ key }) => key === "Enter" && merge()}
      />
      <Button size="xs" title="A new study with the trials of all; these stay as they are" onClick={merge}>
        Merge into a new one
      </Button>
      <Button size="xs" variant="default" onClick={onClear}>
        Clear
      </Button>
    </fieldset>
  );
}
