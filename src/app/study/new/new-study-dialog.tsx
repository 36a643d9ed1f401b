import { ActionIcon, Button } from "@mantine/core";
import { useEffect, useRef } from "react";
import { defaultStudy, type Study } from "../../../engine/sweep/study.ts";
import { studyOfTemplate, templates } from "../../../engine/sweep/templates/templates.ts";
import { CloseIcon } from "../../ui/icons.tsx";
import { useServices } from "../state/services.tsx";
import { ImportForm } from "./import-form.tsx";
import styles from "./new-study.module.css";

/** Another set-up: experiments of the papers as cards, and files. What is chosen takes the place of the draft. */
export default function NewStudyDialog({ onClose }: { readonly onClose: () => void }) {
  const { draft, run, sweep } = useServices();
  const dialog = useRef<HTMLDialogElement>(null);
  useEffect(() => {
    // Not where React mounts twice in development, which would open what is open.
    if (!dialog.current?.open) dialog.current?.showModal();
  }, []);
  const close = () => dialog.current?.close();
  const use = (study: Study) => {
    if (run.getState().phase !== "idle") sweep.reset();
    draft.getState().replace(study);
    close();
  };
  return (
    <dialog
      ref={dialog}
      className={styles.dialog}
      aria-label="New study"
      onClose={onClose}
      // Esc ends the dialog; a click beside it too.
      onMouseDown={(event) => event.target === dialog.current && close()}
    >
      <header className={styles.head}>
        <h2 className={styles.title}>New study</h2>
        <Button size="xs" variant="default" onClick={() => use(defaultStudy)}>
          Plain set-up
        </Button>
        <ActionIcon className={styles.close} onClick={close} aria-label="Close">
          <CloseIcon />
        </ActionIcon>
      </header>
      <div className={styles.body}>
        <section aria-labelledby="templates-title">
          <h3 id="templates-title" className={styles.section}>
            Experiments of the papers
          </h3>
          <ul className={styles.cards}>
            {templates.map((template) => {
              const { id, title, source, compares, lookFor, minutes } = template;
              const study = studyOfTemplate(template);
              const networks = study.populations.reduce((sum, { count }) => sum + count, 0);
              return (
                <li key={id}>
                  <button type="button" className={styles.card} onClick={() => use(study)}>
                    <b>{title}</b>
                    <span className={styles.cost}>
                      {networks} networks · about {minutes} min on two cores
                    </span>
                    <span>{compares}</span>
                    <span className={styles.small}>Look for: {lookFor}</span>
                    <span className={styles.small}>{source}</span>
                  </button>
                </li>
              );
            })}
          </ul>
        </section>
        <ImportForm onUse={use} />
      </div>
    </dialog>
  );
}
