import { Button } from "@mantine/core";
import { useEffect, useState } from "react";
import { formatDuration } from "../../../charts/format.ts";
import { CostModel } from "../../../engine/sweep/cost-model.ts";
import { defaultStudy, type Study } from "../../../engine/sweep/study.ts";
import { laptopMinutes } from "../../../engine/sweep/templates/template.ts";
import { studyOfTemplate, templates } from "../../../engine/sweep/templates/templates.ts";
import { Dialog, DialogHead } from "../../ui/dialog.tsx";
import { MathText } from "../../ui/math-text.tsx";
import { useServices } from "../state/services.tsx";
import { ImportForm } from "./import-form.tsx";
import styles from "./new-study.module.css";

/** Another set-up: experiments of the papers as cards, and files. What is chosen takes the place of the draft. */
export default function NewStudyDialog({ onClose }: { readonly onClose: () => void }) {
  const { draft, run, sweep } = useServices();
  const rates = useRates();
  const use = (study: Study, close: () => void) => {
    if (run.getState().phase !== "idle") sweep.reset();
    draft.getState().replace(study);
    close();
  };
  return (
    <Dialog label="New study" className={styles.dialog} onClose={onClose}>
      {(close) => (
        <>
          <DialogHead title="New study" onClose={close}>
            <Button size="xs" variant="default" onClick={() => use(defaultStudy, close)}>
              Plain set-up
            </Button>
          </DialogHead>
          <div className={styles.body}>
            <section aria-labelledby="templates-title">
              <h3 id="templates-title" className={styles.section}>
                Experiments of the papers
              </h3>
              <ul className={styles.cards}>
                {templates.map((template) => {
                  const { id, title, source, compares, lookFor, work } = template;
                  const study = studyOfTemplate(template);
                  const networks = study.populations.reduce((sum, { count }) => sum + count, 0);
                  return (
                    <li key={id}>
                      <button type="button" className={styles.card} onClick={() => use(study, close)}>
                        <b>
                          <MathText text={title} />
                        </b>
                        <span className={styles.cost}>
                          {networks} networks · {timeText(work, rates)}
                        </span>
                        <span>
                          <MathText text={compares} />
                        </span>
                        <span className={styles.small}>
                          <MathText text={`Look for: ${lookFor}`} />
                        </span>
                        <span className={styles.small}>{source}</span>
                      </button>
                    </li>
                  );
                })}
              </ul>
            </section>
            <ImportForm onUse={(study) => use(study, close)} />
          </div>
        </>
      )}
    </Dialog>
  );
}

/** What earlier trials taught of the device in use. Without an answer there are none. */
function useRates(): readonly number[] {
  const { sweep } = useServices();
  const [rates, setRates] = useState<readonly number[]>([]);
  useEffect(() => {
    let open = true;
    sweep.speeds().then(
      (known) => open && setRates(known),
      () => {},
    );
    return () => {
      open = false;
    };
  }, [sweep]);
  return rates;
}

/** By this device's own speed where it is known; minutes are all that a prediction is good for. */
function timeText(work: number, rates: readonly number[]): string {
  const ms = new CostModel(rates).predict(work);
  if (ms === undefined) return `about ${laptopMinutes(work)} min on two cores`;
  const minute = 60_000;
  return `about ${formatDuration(ms < minute ? ms : minute * Math.round(ms / minute))} on this device`;
}
