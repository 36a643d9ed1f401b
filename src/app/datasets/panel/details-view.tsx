import type { ReactNode } from "react";
import { formatInteger } from "../../../charts/format.ts";
import { bytesText } from "../../../engine/data/files/limits.ts";
import { type Fact, Facts } from "../../ui/facts.tsx";
import { Notice } from "../../ui/notice.tsx";
import type { DatasetDetails, Examples } from "../worker/protocol.ts";
import { ClassTable } from "./class-table.tsx";
import styles from "./datasets.module.css";

/** What a data set is, class by class. */
export function DetailsView({
  details,
  examples,
  children,
}: {
  readonly details: DatasetDetails;
  readonly examples: Examples;
  /** Beside the facts: what can be done with it. */
  readonly children?: ReactNode;
}) {
  const uneven = imbalance(details);
  return (
    <div className={styles.details}>
      <div className={styles.about}>
        <Facts facts={factsAbout(details)} />
        {children}
      </div>
      {uneven !== undefined && (
        <Notice tone="warn" title="Classes are uneven.">
          {uneven}
        </Notice>
      )}
      <ClassTable details={details} examples={examples} />
    </div>
  );
}

function factsAbout(details: DatasetDetails): Fact[] {
  const { shape, classes, train, test, mean, std, bytes, source, split, licence } = details;
  const [height, width, channels] = shape;
  const numbers = (values: readonly number[]) => values.map((value) => value.toFixed(3)).join(", ");
  return [
    {
      key: "images",
      label: "Images",
      value: `${formatInteger(train)} training, ${formatInteger(test)} test`,
    },
    { key: "shape", label: "Size", value: `${height}×${width}, ${channels === 1 ? "grey" : "colour"}` },
    { key: "classes", label: "Classes", value: classes.length },
    {
      key: "mean",
      label: "Mean",
      value: numbers(mean),
      hint: "of each channel of the training images, 0 is black, 1 full brightness",
    },
    {
      key: "std",
      label: "Std. deviation",
      value: numbers(std),
      hint: "of each channel of the training images",
    },
    { key: "bytes", label: "Takes", value: bytesText(bytes) },
    { key: "source", label: "From", value: source },
    { key: "split", label: "Test images", value: split },
    { key: "licence", label: "Licence", value: licence },
  ];
}

/** Says how uneven, from 1½ times on. */
function imbalance({ classes, perClass }: DatasetDetails): string | undefined {
  if (perClass === undefined) return undefined;
  const { train } = perClass;
  const [least, most] = [Math.min(...train), Math.max(...train)];
  if (most < 1.5 * least) return undefined;
  const named = (count: number) => `${classes[train.indexOf(count)]} has ${formatInteger(count)}`;
  return `${named(most)} training images, ${named(least)}: ${(most / least).toFixed(1)} times as many. A network that always says ${classes[train.indexOf(most)]} looks better than it is.`;
}
