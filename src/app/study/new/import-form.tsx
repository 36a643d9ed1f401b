import { Button, Textarea } from "@mantine/core";
import { useEffect, useMemo, useRef, useState } from "react";
import { type ReadStudy, readStudyText } from "../../../engine/exchange/read-study-text.ts";
import { isGiven, isScaled, type Population, type Study } from "../../../engine/sweep/study.ts";
import { DropArea } from "../../ui/drop-area.tsx";
import { FileButton } from "../../ui/file-button.tsx";
import { spaceLabels } from "../spaces.ts";
import styles from "./new-study.module.css";

/** Far above any study file; networks that are given make the largest. */
const mostBytes = 4_000_000;

type Reading =
  | { readonly state: "empty" }
  | { readonly state: "wrong"; readonly message: string }
  | { readonly state: "read"; readonly read: ReadStudy };

/** A study file or a sweep of pycls, pasted, dropped or chosen: what it holds is shown before it replaces the draft. */
export function ImportForm({ onUse }: { readonly onUse: (study: Study) => void }) {
  const [text, setText] = useState("");
  const [failure, setFailure] = useState<string>();
  const reading = useMemo(() => readingOf(text), [text]);
  const wrong = failure ?? (reading.state === "wrong" ? reading.message : undefined);
  // The dialog scrolls, and the form is at its end: what came of a file would stay out of sight.
  const outcome = useRef<HTMLDivElement>(null);
  // biome-ignore lint/correctness/useExhaustiveDependencies: what came of it is another
  useEffect(() => void outcome.current?.scrollIntoView({ block: "nearest" }), [wrong, reading.state]);
  const take = async (file: File | undefined) => {
    if (file === undefined) return;
    setFailure(undefined);
    if (file.size > mostBytes) {
      setFailure(`${file.name}: ${file.size} bytes; a study file has at most ${mostBytes}`);
      return;
    }
    setText(await file.text());
  };
  return (
    <DropArea className={styles.import} onFiles={([file]) => void take(file)}>
      <section aria-labelledby="import-title">
        <div className={styles.importHead}>
          <h3 id="import-title" className={styles.section}>
            From a file
          </h3>
          <FileButton
            label="Study file or pycls sweep"
            accept=".yaml,.yml,.json"
            onFiles={([file]) => void take(file)}
          >
            Choose a file
          </FileButton>
        </div>
        <Textarea
          aria-label="Study file or pycls sweep, as text"
          placeholder="A study file or a pycls sweep (configs/sweeps/…): paste it, drop it here, or choose it"
          autosize
          minRows={3}
          maxRows={8}
          value={text}
          onChange={(event) => {
            setFailure(undefined);
            setText(event.currentTarget.value);
          }}
          styles={{ input: { fontFamily: "var(--mono, monospace)", fontSize: 12 } }}
        />
        <div ref={outcome} className={styles.outcome}>
          {wrong !== undefined && (
            <p className={styles.wrong} role="alert">
              {wrong}
            </p>
          )}
          {failure === undefined && reading.state === "read" && (
            <ReadText read={reading.read} onUse={onUse} />
          )}
        </div>
      </section>
    </DropArea>
  );
}

function readingOf(text: string): Reading {
  if (text.trim() === "") return { state: "empty" };
  try {
    return { state: "read", read: readStudyText(text) };
  } catch (error) {
    return { state: "wrong", message: error instanceof Error ? error.message : String(error) };
  }
}

/** What was read, and of a sweep of pycls what was not taken over. */
function ReadText({ read, onUse }: { readonly read: ReadStudy; readonly onUse: (study: Study) => void }) {
  const { from, study, mapped, unmapped } = read;
  return (
    <div className={styles.read} data-testid="import-result">
      <p>
        <b>{study.name}</b> {from === "pycls" && "(a sweep of pycls)"}:{" "}
        {study.populations.map(populationText).join("; ")}; {study.regime.epochs} epochs of{" "}
        {study.regime.images} images of {study.regime.dataset}.
      </p>
      {from === "pycls" && (
        <>
          <NoteList title={fieldsText(unmapped.length, "not taken over")} open notes={unmapped} />
          <NoteList title={fieldsText(mapped.length, "taken over")} notes={mapped} />
        </>
      )}
      <Button size="xs" onClick={() => onUse(study)}>
        Use this study
      </Button>
    </div>
  );
}

function fieldsText(count: number, what: string): string {
  return count === 1 ? `1 field was ${what}` : `${count} fields were ${what}`;
}

interface NoteListProps {
  readonly title: string;
  readonly open?: boolean;
  readonly notes: ReadStudy["mapped"];
}

function NoteList({ title, open = false, notes }: NoteListProps) {
  return (
    <details open={open} className={styles.notes}>
      <summary>{title}</summary>
      <ul>
        {notes.map(({ path, message }) => (
          <li key={`${path} ${message}`}>
            <code>{path}</code> {message}
          </li>
        ))}
      </ul>
    </details>
  );
}

function populationText(population: Population): string {
  const { name, count } = population;
  const networks = count === 1 ? "one network" : `${count} networks`;
  if (isGiven(population)) return `${networks} given as ${name}`;
  return `${networks} of ${isScaled(population) ? `${population.scaling} scaling` : spaceLabels[population.space]}`;
}
