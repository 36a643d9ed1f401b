/** How many examples of each class are shown, so that many classes still make a picture of bearable size. */
export function examplesPerClass(classes: number): number {
  return classes <= 12 ? 8 : classes <= 40 ? 5 : 3;
}

/**
 * The first images of each class.
 * @param order image numbers, in the order they are looked at
 * @param size bytes of an image
 */
export function examplesOf(
  images: Uint8Array,
  labels: Uint8Array,
  order: Iterable<number>,
  size: number,
  classes: number,
): Uint8Array[][] {
  const each = examplesPerClass(classes);
  const found: Uint8Array[][] = Array.from({ length: classes }, () => []);
  let missing = classes * each;
  for (const image of order) {
    const list = found[labels[image]!]!;
    if (list.length === each) continue;
    list.push(images.slice(image * size, (image + 1) * size));
    missing -= 1;
    if (missing === 0) break;
  }
  return found;
}
