import { Button } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { studyLink } from "../study/state/location.ts";
import { emptyRun } from "../study/state/run-store.ts";
import { useServices } from "../study/state/services.tsx";
import { CheckIcon, LinkIcon } from "../ui/icons.tsx";
import styles from "./header.module.css";

/** Copies the address that restores the set-up. */
export function ShareButton() {
  const { draft, run } = useServices();
  const clipboard = useClipboard({ timeout: 2000 });
  const share = () => {
    const { phase, study } = run.getState();
    const shown = phase === emptyRun.phase ? undefined : study;
    clipboard.copy(studyLink(shown ?? draft.getState().study));
  };
  return (
    <Button
      variant="default"
      size="xs"
      h={30}
      leftSection={clipboard.copied ? <CheckIcon size={14} /> : <LinkIcon size={14} />}
      onClick={share}
      className={styles.share}
      aria-label="Share: copy a link to this set-up"
    >
      <span role="status" className={styles.shareText}>
        {clipboard.copied ? "Link copied" : clipboard.error ? "No clipboard" : "Share"}
      </span>
    </Button>
  );
}
