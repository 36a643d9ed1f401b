import { Button, type ButtonProps } from "@mantine/core";
import { type ReactNode, useRef } from "react";
import hidden from "./hidden.module.css";

export interface FileButtonProps extends ButtonProps {
  /** Of the field behind the button. */
  readonly label: string;
  /** Endings, as in `.json,.jsonl`. */
  readonly accept?: string;
  readonly multiple?: boolean;
  /** A folder with all that lies in it. */
  readonly folder?: boolean;
  readonly title?: string;
  readonly onFiles: (files: readonly File[]) => void;
  readonly children: ReactNode;
}

/** A button that lets files be chosen. */
export function FileButton(props: FileButtonProps) {
  const { label, accept, multiple = false, folder = false, onFiles, ...button } = props;
  const input = useRef<HTMLInputElement>(null);
  return (
    <>
      <Button size="xs" variant="default" {...button} onClick={() => input.current?.click()} />
      <input
        ref={(element) => {
          input.current = element;
          // React knows no such attribute.
          element?.toggleAttribute("webkitdirectory", folder);
        }}
        className={hidden.hidden}
        type="file"
        accept={accept}
        multiple={multiple || folder}
        tabIndex={-1}
        aria-label={label}
        onChange={({ currentTarget }) => {
          onFiles([...(currentTarget.files ?? [])]);
          // So that the same file can be chosen again.
          currentTarget.value = "";
        }}
      />
    </>
  );
}
