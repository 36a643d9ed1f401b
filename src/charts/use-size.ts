import { type RefCallback, startTransition, useCallback, useRef, useState } from "react";

export interface Size {
  readonly width: number;
  readonly height: number;
}

/** Size of an element in whole pixels, followed as it changes; undefined until it is laid out. */
export function useSize(): [RefCallback<HTMLElement>, Size | undefined] {
  const [size, setSize] = useState<Size>();
  const observer = useRef<ResizeObserver | undefined>(undefined);
  const ref = useCallback((element: HTMLElement | null) => {
    observer.current?.disconnect();
    if (element === null) return;
    observer.current = new ResizeObserver(([entry]) => {
      if (entry === undefined) return;
      const width = Math.floor(entry.contentRect.width);
      const height = Math.floor(entry.contentRect.height);
      // Several charts learn their sizes in one frame; as a transition, React draws them in slices between other tasks.
      startTransition(() =>
        setSize((old) => (old?.width === width && old.height === height ? old : { width, height })),
      );
    });
    observer.current.observe(element);
  }, []);
  return [ref, size];
}
