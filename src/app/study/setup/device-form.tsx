import { NativeSelect, UnstyledButton } from "@mantine/core";
import { useEffect, useState } from "react";
import type { DeviceInfo } from "../../../engine/sweep/protocol.ts";
import type { DeviceChoice } from "../state/device-choice.ts";
import { useDraft, useRun, useServices } from "../state/services.tsx";
import { DutyField } from "./duty-field.tsx";
import { mostThreads, offerTexts } from "./offer-texts.ts";
import styles from "./setup.module.css";

const names = { webgpu: "WebGPU", wasm: "WebAssembly", reference: "plain JavaScript" } as const;
const field = { root: styles.field, label: styles.fieldLabel, wrapper: styles.fieldBox };

/** What the networks are trained with: of the run and this browser, not of the study. */
export function DeviceForm() {
  const device = useRun((state) => state.device);
  const choice = useRun((state) => state.choice);
  const [open, setOpen] = useState(choice.executor !== undefined);
  return (
    <fieldset className={styles.regime}>
      <legend className={styles.sectionTitle}>Trained by</legend>
      {open ? (
        <Choice choice={choice} />
      ) : (
        <p className={styles.small}>
          {device === undefined
            ? "looking for the best there is …"
            : `${deviceText(device)}, the best here. `}
          <UnstyledButton className={styles.textButton} onClick={() => setOpen(true)}>
            Choose
          </UnstyledButton>
        </p>
      )}
      <DutyField />
    </fieldset>
  );
}

function Choice({ choice }: { readonly choice: DeviceChoice }) {
  const { sweep } = useServices();
  const offers = useRun((state) => state.offers);
  const reproducible = useDraft(({ study }) => study.regime.reproducible === true);
  useEffect(() => {
    if (offers === undefined) void sweep.askOffers();
  }, [offers, sweep]);
  const { executor } = choice;
  const choose = (value: string) =>
    void sweep.choose(value === "webgpu" || value === "wasm" ? { executor: value } : {});
  return (
    <>
      <NativeSelect
        label="Executor"
        value={executor ?? "automatic"}
        onChange={(event) => choose(event.currentTarget.value)}
        data={[
          {
            value: "automatic",
            label: offers === undefined ? "Automatic" : `Automatic: ${names[offers.automatic]}`,
          },
          { value: "webgpu", label: names.webgpu, disabled: offers?.webgpu.available === false },
          { value: "wasm", label: names.wasm, disabled: offers?.wasm.available === false },
        ]}
        classNames={field}
      />
      {executor === "wasm" && offers !== undefined && (
        <NativeSelect
          label="Threads"
          value={String(choice.threads ?? "automatic")}
          onChange={(event) => {
            const threads = Number(event.currentTarget.value);
            void sweep.choose({ executor, ...(threads > 0 ? { threads } : {}) });
          }}
          data={[
            { value: "automatic", label: `Automatic: ${offers.wasm.suggested}` },
            ...Array.from({ length: mostThreads(offers) }, (_, i) => String(i + 1)),
          ]}
          classNames={field}
        />
      )}
      <ul className={styles.offers} aria-label="What can train here" aria-busy={offers === undefined}>
        {offerTexts(offers).map((text) => (
          <li key={text}>{text}</li>
        ))}
        {reproducible && executor === "webgpu" && (
          <li>A reproducible study is trained by WebAssembly all the same.</li>
        )}
      </ul>
    </>
  );
}

function deviceText({ executor, threads, device }: DeviceInfo): string {
  if (executor === "webgpu") return device.replace(/^webgpu/, names.webgpu);
  if (threads === undefined) return names[executor];
  return `${names[executor]}, ${threads} thread${threads === 1 ? "" : "s"}`;
}
