import { bytesText, importLimits } from "../engine/data/files/limits.ts";
import type { DatasetManifest } from "../engine/data/manifest.ts";
import { Remaining } from "../engine/math/remaining.ts";
import { duration } from "./format.ts";
import type { LiveLine } from "./live-line.ts";

/** One line a data set: `cifar10: 50000 training and 10000 test images, 32×32×3, 10 classes`. */
export function datasetLine({ name, shape, classes, train, test }: DatasetManifest): string {
  return `${name}: ${train.count} training and ${test.count} test images, ${shape.join("×")}, ${classes.length} classes`;
}

/** What `--json` says of it. */
export function datasetJson(manifest: DatasetManifest) {
  const { name, title, shape, classes, train, test, mean, std } = manifest;
  return {
    ...{ name, title, shape, classes, trainImages: train.count, testImages: test.count, mean, std },
    ...(train.perClass && test.perClass ? { perClass: { train: train.perClass, test: test.perClass } } : {}),
  };
}

/** How uneven the classes are, where they are: `rose 12, tulip 480 training images: 40 times as many`. */
export function imbalanceText({ classes, train: { perClass } }: DatasetManifest): string | undefined {
  if (perClass === undefined) return undefined;
  const [least, most] = [Math.min(...perClass), Math.max(...perClass)];
  if (most < 1.5 * least) return undefined;
  const named = (count: number) => `${classes[perClass.indexOf(count)]} ${count}`;
  return `classes are uneven: ${named(least)}, ${named(most)} training images, ${(most / least).toFixed(1)} times as many`;
}

/** Shows how far a long piece of work is, with the time left. `bytes`: what is counted are bytes. */
export function progressLine(live: LiveLine) {
  const remaining = new Remaining();
  return (what: string, done: number, total: number | undefined, bytes: boolean) => {
    const left = remaining.after(what, done, total);
    const amount = (count: number) => (bytes ? bytesText(count) : String(count));
    const of = total === undefined ? "" : ` of ${amount(total)}`;
    live.show(`${what}: ${amount(done)}${of}${left === undefined ? "" : `, ${duration(left)} left`}`);
  };
}

/** The first few of many lines. */
export function someLines(lines: readonly string[], most = 5): string[] {
  return lines.length <= most ? [...lines] : [...lines.slice(0, most), `… and ${lines.length - most} more`];
}

/** Said once, in the help. */
export const limitsText = `at most ${importLimits.classes} classes, ${bytesText(importLimits.fileBytes)} a file, ${bytesText(importLimits.packedBytes)} of images once resized`;
