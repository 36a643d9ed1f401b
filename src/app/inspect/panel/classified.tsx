import { Button, SegmentedControl } from "@mantine/core";
import { type ReactNode, useDeferredValue, useMemo, useState } from "react";
import { confusionMatrix } from "../../../engine/analysis/confusion.ts";
import { CloseIcon } from "../../ui/icons.tsx";
import { type ClassifiedImage, givenLabel, type ImageFilter, isMistake, shownImages } from "../inspection.ts";
import type { OpenedModel } from "../worker/protocol.ts";
import { ConfusionTable, maxConfusionClasses } from "./confusion-table.tsx";
import { ImageTile } from "./image-tile.tsx";
import styles from "./inspect.module.css";

/** Tiles are added so many at a time. */
const pageSize = 48;

/** Confusion matrix and what else stands beside it, left; the images, right. */
export function Classified({
  opened,
  images,
  children,
}: {
  readonly opened: OpenedModel;
  readonly images: readonly ClassifiedImage[];
  readonly children: ReactNode;
}) {
  const { classes, shape } = opened;
  const [filter, setFilter] = useState<ImageFilter>({ mistakesOnly: false, cell: undefined });
  const [pages, setPages] = useState(1);
  const classified = useDeferredValue(images);
  const shown = useMemo(() => shownImages(classified, filter), [classified, filter]);
  const counts = useMemo(
    () =>
      confusionMatrix(
        classified.map((image) => [image.label, givenLabel(image)] as const),
        classes.length,
      ),
    [classified, classes],
  );
  const mistakes = useMemo(() => classified.filter(isMistake).length, [classified]);
  const choose = (next: ImageFilter) => {
    setFilter(next);
    setPages(1);
  };
  const { cell } = filter;
  return (
    <div className={styles.body}>
      <div className={styles.side}>
        {classes.length <= maxConfusionClasses && (
          <ConfusionTable
            counts={counts}
            classes={classes}
            chosen={cell}
            onChoose={(next) => choose({ mistakesOnly: false, cell: next })}
          />
        )}
        {children}
      </div>
      <section className={styles.images} aria-label="Test images">
        <div className={styles.filters}>
          <SegmentedControl
            aria-label="Show images"
            data={[
              { value: "all", label: `All ${classified.length}` },
              { value: "mistakes", label: `Mistakes only ${mistakes}` },
            ]}
            value={cell === undefined ? (filter.mistakesOnly ? "mistakes" : "all") : ""}
            onChange={(value) => choose({ mistakesOnly: value === "mistakes", cell: undefined })}
          />
          {cell !== undefined && (
            <Button
              size="xs"
              variant="light"
              rightSection={<CloseIcon size={12} />}
              title="Show all images"
              onClick={() => choose({ mistakesOnly: false, cell: undefined })}
            >
              {shown.length} × {cellText(classes, cell)}
            </Button>
          )}
        </div>
        {shown.length === 0 && (
          <p className={styles.empty}>
            {classified.length === 0 ? "The first images come in a moment." : "There is none."}
          </p>
        )}
        <ul className={styles.tiles}>
          {shown.slice(0, pages * pageSize).map((image) => (
            <ImageTile key={image.index} image={image} classes={classes} shape={shape} />
          ))}
        </ul>
        {shown.length > pages * pageSize && (
          <Button className={styles.more} variant="default" size="xs" onClick={() => setPages(pages + 1)}>
            Show {Math.min(pageSize, shown.length - pages * pageSize)} more of {shown.length}
          </Button>
        )}
      </section>
    </div>
  );
}

function cellText(classes: readonly string[], { actual, given }: NonNullable<ImageFilter["cell"]>): string {
  return actual === given ? `${classes[actual]}, rightly` : `${classes[actual]} taken for ${classes[given]}`;
}
