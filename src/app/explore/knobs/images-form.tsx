import { NativeSelect, SegmentedControl } from "@mantine/core";
import { useDebouncedValue } from "@mantine/hooks";
import { memo, useId } from "react";
import hidden from "../../ui/hidden.module.css";
import { defaultImages, type Images, type ImagesKind, kindOf } from "../model/images.ts";
import { useExplore, useExploreStore } from "../state/context.tsx";
import styles from "./knobs.module.css";
import { ValueField } from "./value-field.tsx";

const kinds: { value: ImagesKind; label: string }[] = [
  { value: "small", label: "Small images" },
  { value: "imagenet", label: "ImageNet" },
];

const stems: { value: Images["stem"]; label: string }[] = [
  { value: "small", label: "Stem 3×3, stride 1" },
  { value: "simple", label: "Stem 3×3, stride 2" },
  { value: "resnet", label: "Stem 7×7, max pool" },
];

/** What the network looks at, and the stem that meets it. */
export const ImagesForm = memo(function ImagesForm() {
  const store = useExploreStore();
  const images = useExplore((state) => state.point.images);
  const scaling = useExplore((state) => state.family.kind === "scaling");
  const { setImages } = store.getState();
  return (
    <fieldset className={styles.images}>
      <legend className={hidden.hidden}>Images</legend>
      <SegmentedControl
        fullWidth
        aria-label="Kind of images"
        data={kinds}
        value={kindOf(images)}
        onChange={(value) => setImages(defaultImages(value as ImagesKind))}
      />
      <div className={styles.imageFields}>
        <ImageField place="side" label="Side" unit="pixels" />
        <ImageField place="channels" label="Colours" unit="channels" />
        <ImageField place="classes" label="Classes" unit="" />
      </div>
      {/* A scaling rule brings the stem of its baseline. */}
      {!scaling && (
        <div className={styles.stem}>
          <NativeSelect
            aria-label="Stem"
            data={stems}
            value={images.stem}
            onChange={(event) => setImages({ stem: event.currentTarget.value as Images["stem"] })}
            classNames={{ root: styles.stemType, wrapper: styles.fieldBox }}
          />
          <ImageField place="stemWidth" label="channels" unit="of the stem" />
        </div>
      )}
    </fieldset>
  );
});

interface ImageFieldProps {
  readonly place: "side" | "channels" | "classes" | "stemWidth";
  readonly label: string;
  readonly unit: string;
}

function ImageField({ place, label, unit }: ImageFieldProps) {
  const store = useExploreStore();
  const value = useExplore((state) => state.point.images[place]);
  const refused = useExplore((state) => state.refused[place]);
  const [rested] = useDebouncedValue(refused, 500);
  const errorId = useId();
  return (
    <div className={styles.imageField}>
      <span className={styles.pairLabel} aria-hidden="true">
        {label}
      </span>
      <ValueField
        label={unit === "" ? label : `${label}, ${unit}`}
        value={value}
        decimals={0}
        refused={refused}
        errorId={errorId}
        onChange={(next) => store.getState().setImages({ [place]: next })}
      />
      <p
        id={errorId}
        className={styles.error}
        role="alert"
        hidden={refused === undefined || rested !== refused}
      >
        {refused?.message}
      </p>
    </div>
  );
}
