import { createContext, type RefCallback, useCallback, useContext, useRef, useState } from "react";
import { flushSync } from "react-dom";
import type { Size } from "./chart-props.ts";
import { createTurns } from "./turns.ts";

/**
 * The queue all charts of a page share. Charts that appear together learn their sizes in one frame; drawn in one task they
 * would block the page for longer than a person notices, so each takes a turn of its own.
 */
const TurnsContext = createContext(createTurns());

/** Size of an element in whole pixels, followed as it changes; undefined until it is laid out. */
export function useSize(): [RefCallback<HTMLElement>, Size | undefined] {
  const [size, setSize] = useState<Size>();
  const turns = useContext(TurnsContext);
  const stop = useRef<(() => void) | undefined>(undefined);
  const ref = useCallback(
    (element: HTMLElement | null) => {
      stop.current?.();
      if (element === null) return;
      let cancel = () => {};
      const observer = new ResizeObserver(([entry]) => {
        if (entry === undefined) return;
        const width = Math.floor(entry.contentRect.width);
        const height = Math.floor(entry.contentRect.height);
        const same = (old: Size | undefined) => old?.width === width && old.height === height;
        cancel();
        // Not left to React, which would gather all turns and draw them together.
        cancel = turns.add(() => flushSync(() => setSize((old) => (same(old) ? old : { width, height }))));
      });
      observer.observe(element);
      stop.current = () => {
        cancel();
        observer.disconnect();
      };
    },
    [turns],
  );
  return [ref, size];
}
