import { type DragEvent, type ReactNode, useRef, useState } from "react";

export interface DropAreaProps {
  readonly className?: string | undefined;
  /** Files are then refused, and not opened by the browser in place of the page either. */
  readonly disabled?: boolean;
  readonly onFiles: (files: readonly File[]) => void;
  readonly children: ReactNode;
}

/**
 * Takes files that are dropped on anything in it; has `data-over` while some are held over it. What is no file (a text
 * dragged into a field) goes its usual way. Dropping is a shortcut: a button in the area has to do the same.
 */
export function DropArea({ className, disabled = false, onFiles, children }: DropAreaProps) {
  const [over, setOver] = useState(false);
  // Leaving a child is no leaving of the area: entries and exits are counted.
  const depth = useRef(0);
  const follow = (event: DragEvent, change: number) => {
    if (!holdsFiles(event)) return;
    event.preventDefault();
    if (disabled) event.dataTransfer.dropEffect = "none";
    depth.current = Math.max(0, depth.current + change);
    setOver(depth.current > 0);
  };
  return (
    // biome-ignore lint/a11y/noStaticElementInteractions: dropping is a shortcut; a button in the area does the same
    <div
      className={className}
      data-over={(over && !disabled) || undefined}
      onDragEnter={(event) => follow(event, 1)}
      onDragOver={(event) => follow(event, 0)}
      onDragLeave={(event) => follow(event, -1)}
      onDrop={(event) => {
        if (!holdsFiles(event)) return;
        event.preventDefault();
        depth.current = 0;
        setOver(false);
        if (!disabled) onFiles([...event.dataTransfer.files]);
      }}
    >
      {children}
    </div>
  );
}

function holdsFiles({ dataTransfer }: DragEvent): boolean {
  return dataTransfer.types.includes("Files");
}
