import { type RefObject, useLayoutEffect, useState } from "react";

export interface RowsInView {
  /** First row to draw, and the one after the last. */
  readonly from: number;
  readonly to: number;
}

const spare = 8;

/** Which rows of one height a scrolled box shows: a table of thousands draws a few dozen. */
export function useRowsInView(
  box: RefObject<HTMLElement | null>,
  count: number,
  rowHeight: number,
): RowsInView {
  const [view, setView] = useState<RowsInView>({ from: 0, to: 40 });

  useLayoutEffect(() => {
    const element = box.current;
    if (element === null) return;
    const measure = () => {
      const from = Math.max(0, Math.floor(element.scrollTop / rowHeight) - spare);
      const to = Math.ceil((element.scrollTop + element.clientHeight) / rowHeight) + spare;
      setView((old) => (old.from === from && old.to === to ? old : { from, to }));
    };
    measure();
    element.addEventListener("scroll", measure, { passive: true });
    const observer = new ResizeObserver(measure);
    observer.observe(element);
    return () => {
      element.removeEventListener("scroll", measure);
      observer.disconnect();
    };
  }, [box, rowHeight]);

  // Short tables are drawn whole: assistive technology then sees every row.
  return count <= 60
    ? { from: 0, to: count }
    : { from: Math.min(view.from, count), to: Math.min(view.to, count) };
}
