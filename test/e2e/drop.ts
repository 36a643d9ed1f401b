import type { Locator } from "@playwright/test";

/** What is dropped: a text, or a file of this name and text. */
export interface Dropped {
  readonly text: string;
  readonly file?: string;
}

/**
 * Drops on an element, one after the other and all before a worker can answer. Of each whether the page took it: where
 * it does not, the browser does as usual.
 */
export function drop(target: Locator, ...dropped: readonly Dropped[]): Promise<boolean[]> {
  return target.evaluate(async (element, all) => {
    const taken: boolean[] = [];
    for (const { text, file } of all) {
      const dataTransfer = new DataTransfer();
      if (file === undefined) dataTransfer.setData("text/plain", text);
      else dataTransfer.items.add(new File([text], file));
      const take = (type: string) =>
        !element.dispatchEvent(new DragEvent(type, { dataTransfer, bubbles: true, cancelable: true }));
      take("dragenter");
      taken.push(take("dragover") && take("drop"));
      // React draws in a microtask what the drop changed; messages of workers come later.
      await new Promise<void>((resolve) => queueMicrotask(resolve));
    }
    return taken;
  }, dropped);
}
