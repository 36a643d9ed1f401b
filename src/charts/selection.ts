/**
 * Linked selection: the same few props on every chart of trials. A mark stands for a trial and carries its id, so that what
 * is brushed in one chart is seen in all. A chart keeps none of it; whoever mounts the charts does.
 */
export interface Selection {
  /** Ids of the selected trials. Where it is empty nothing is faded. It may name trials that the chart does not show. */
  readonly selected: ReadonlySet<string>;
  /** The trial under the pointer or the keyboard's mark, in whichever chart. */
  readonly hovered: string | undefined;
  /**
   * The whole new selection. Called while a brush is drawn, once a frame at most, with a new set each time: whoever writes
   * an address or a file should wait until calls pause.
   */
  readonly onSelect: (ids: ReadonlySet<string>) => void;
  /** Called with undefined when the pointer or the focus leaves the marks. */
  readonly onHover: (id: string | undefined) => void;
}

/** How a mark looks: with no selection all are plain. */
export type Emphasis = "plain" | "selected" | "faded";

export function emphasisOf(selected: ReadonlySet<string>, id: string): Emphasis {
  if (selected.size === 0) return "plain";
  return selected.has(id) ? "selected" : "faded";
}

/** A press on a mark: alone it selects this one, or nothing if it was the only one; `adding` toggles it among the others. */
export function pressed(selected: ReadonlySet<string>, id: string, adding: boolean): ReadonlySet<string> {
  if (!adding) return selected.size === 1 && selected.has(id) ? new Set() : new Set([id]);
  const next = new Set(selected);
  if (!next.delete(id)) next.add(id);
  return next;
}

/** A brush: what lies in it, and with `adding` what was selected before it too. */
export function brushed(
  before: ReadonlySet<string>,
  inside: Iterable<string>,
  adding: boolean,
): ReadonlySet<string> {
  const next = new Set(adding ? before : []);
  for (const id of inside) next.add(id);
  return next;
}
