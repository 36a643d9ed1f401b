import type { ButtonProps } from "@mantine/core";
import { useStatistics } from "../statistics/use-statistic.tsx";
import { FileButton } from "../ui/file-button.tsx";
import { PlusIcon } from "../ui/icons.tsx";
import { useCompare, useCompareStore } from "./context.tsx";

/** Reads results.jsonl files that the command line wrote, here or elsewhere. */
export function OpenFileButton(props: ButtonProps) {
  const store = useCompareStore();
  const statistics = useStatistics();
  const reading = useCompare((state) => state.reading > 0);
  return (
    <FileButton
      label="Results files"
      accept=".jsonl,.json,.ndjson"
      multiple
      leftSection={<PlusIcon size={14} />}
      {...props}
      loading={reading}
      onFiles={(files) => void store.getState().read(files, statistics)}
    >
      Results file …
    </FileButton>
  );
}
