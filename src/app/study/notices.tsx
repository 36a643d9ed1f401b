import { Button } from "@mantine/core";
import { viewNames } from "../shell/router.ts";
import { useRoute, useRouter } from "../shell/router-context.tsx";
import { Notice, WithCommands } from "../ui/notice.tsx";
import styles from "./notices.module.css";
import { StudiesMenu } from "./setup/studies-menu.tsx";
import { useRun, useServices, useView } from "./state/services.tsx";

/** Everything that went wrong and everything that limits: above the columns, never over them. */
export function Notices() {
  const { run, sweep, view } = useServices();
  const router = useRouter();
  const unknownView = useRoute((route) => route.unknownView);
  const badLink = useView((state) => state.badLink);
  const badView = useView((state) => state.badView);
  const failure = useRun((state) => state.failure);
  const deviceFailure = useRun((state) => state.deviceFailure);
  const note = useRun((state) => state.device?.note);
  const again = () => {
    const { study } = run.getState();
    if (study !== undefined) void sweep.run(study);
  };
  if ([unknownView, badLink, badView, failure, deviceFailure, note].every((one) => one === undefined))
    return null;
  return (
    <div className={styles.notices}>
      {unknownView !== undefined && (
        <Notice
          tone="bad"
          title="Part of this link cannot be used."
          onClose={() => router.dismissUnknownView()}
        >
          {JSON.stringify(unknownView)} is no view; expected one of {viewNames.join(", ")}. The study is shown
          in its place.
        </Notice>
      )}
      {badLink !== undefined && (
        <Notice
          tone="bad"
          title="The set-up in this link cannot be used."
          onClose={() => view.setState({ badLink: undefined })}
        >
          {badLink}. The page goes on with its defaults.
        </Notice>
      )}
      {badView !== undefined && (
        <Notice
          tone="bad"
          title="Part of this link cannot be used."
          onClose={() => view.setState({ badView: undefined })}
        >
          {badView}. The rest of the link counts.
        </Notice>
      )}
      {deviceFailure !== undefined && (
        <Notice tone="bad" title="Nothing can be trained here.">
          <WithCommands text={sentence(deviceFailure)} />
        </Notice>
      )}
      {failure !== undefined && (
        <Notice
          tone="bad"
          title={failure.crashed ? "Training stopped unexpectedly." : "The study stopped."}
          actions={
            <>
              {failure.full && <StudiesMenu words="Export or delete studies" />}
              <Button size="xs" variant="default" onClick={again}>
                {failure.crashed || failure.full ? "Resume" : "Try again"}
              </Button>
            </>
          }
          onClose={() => run.setState({ failure: undefined })}
        >
          {failure.path !== undefined && failure.path !== "" && `${failure.path}: `}
          <WithCommands text={failure.path ? failure.message : sentence(failure.message)} />
          {failure.crashed && " Every recorded trial is kept; the one under way goes on from its last epoch."}
        </Notice>
      )}
      {note !== undefined && deviceFailure === undefined && (
        <Notice tone="warn" title="Slower than it could be.">
          {sentence(note)}
        </Notice>
      )}
    </div>
  );
}

/** Messages of the engine begin with a small letter, to follow a colon. */
function sentence(text: string): string {
  return text.charAt(0).toUpperCase() + text.slice(1);
}
