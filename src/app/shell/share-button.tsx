import { Button } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { studyHash } from "../study/state/location.ts";
import { emptyRun } from "../study/state/run-store.ts";
import { useServices } from "../study/state/services.tsx";
import { CheckIcon, LinkIcon } from "../ui/icons.tsx";
import styles from "./header.module.css";
import { useRouter } from "./router-context.tsx";

/** Copies the address that restores what is shown. */
export function ShareButton() {
  const { draft, run, view: looked } = useServices();
  const router = useRouter();
  const clipboard = useClipboard({ timeout: 2000 });
  const share = () => {
    const { view, addresses } = router.store.getState();
    const { phase, study } = run.getState();
    const shown = phase === emptyRun.phase ? undefined : study;
    const hash =
      view === "study" ? studyHash(shown ?? draft.getState().study, looked.getState()) : addresses[view];
    clipboard.copy(new URL(hash, document.baseURI).href);
  };
  return (
    <Button
      variant="default"
      size="xs"
      h={30}
      leftSection={clipboard.copied ? <CheckIcon size={14} /> : <LinkIcon size={14} />}
      onClick={share}
      className={styles.share}
      aria-label="Share: copy a link to this"
    >
      <span role="status" className={styles.shareText}>
        {clipboard.copied ? "Link copied" : clipboard.error ? "No clipboard" : "Share"}
      </span>
    </Button>
  );
}
