import { Button, type ButtonProps } from "@mantine/core";
import { useRef } from "react";
import { useStatistics } from "../statistics/use-statistic.tsx";
import { PlusIcon } from "../ui/icons.tsx";
import styles from "./compare.module.css";
import { useCompare, useCompareStore } from "./context.tsx";

/** Reads results.jsonl files that the command line wrote, here or elsewhere. */
export function OpenFileButton(props: ButtonProps) {
  const store = useCompareStore();
  const statistics = useStatistics();
  const reading = useCompare((state) => state.reading > 0);
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button
        variant="default"
        size="xs"
        leftSection={<PlusIcon size={14} />}
        {...props}
        loading={reading}
        onClick={() => input.current?.click()}
      >
        Results file …
      </Button>
      <input
        ref={input}
        className={styles.hidden}
        type="file"
        accept=".jsonl,.json,.ndjson"
        multiple
        tabIndex={-1}
        aria-label="Results files"
        onChange={({ currentTarget }) => {
          void store.getState().read([...(currentTarget.files ?? [])], statistics);
          currentTarget.value = "";
        }}
      />
    </>
  );
}
