import { memo, useLayoutEffect, useRef } from "react";
import hidden from "../../ui/hidden.module.css";
import { CheckIcon, CloseIcon } from "../../ui/icons.tsx";
import { type ClassifiedImage, isMistake } from "../inspection.ts";
import styles from "./inspect.module.css";

export interface ImageTileProps {
  readonly image: ClassifiedImage;
  readonly classes: readonly string[];
  readonly shape: readonly [height: number, width: number, channels: number];
}

/** A test image, its class, and the three that the network finds likeliest. */
export const ImageTile = memo(function ImageTile({ image, classes, shape }: ImageTileProps) {
  const wrong = isMistake(image);
  const actual = classes[image.label];
  return (
    <li className={styles.tile} data-wrong={wrong || undefined}>
      <Picture image={image} shape={shape} label={`Test image ${image.index + 1}: ${actual}`} />
      <div className={styles.guesses}>
        <p className={styles.actual}>
          <span title={wrong ? "taken for another class" : "classified right"}>
            {wrong ? <CloseIcon size={13} /> : <CheckIcon size={13} />}
          </span>
          <b>{actual}</b>
          <span className={hidden.hidden}>{wrong ? "classified wrong" : "classified right"}</span>
          <small title={`image ${image.index + 1} of the test set`}>#{image.index + 1}</small>
        </p>
        <ol>
          {image.guesses.map(({ label, probability }) => (
            <li key={label} data-actual={label === image.label || undefined}>
              <i style={{ width: `${100 * probability}%` }} />
              <span>{classes[label]}</span>
              <span>{percent(probability)}</span>
            </li>
          ))}
        </ol>
      </div>
    </li>
  );
});

function percent(probability: number): string {
  const value = 100 * probability;
  return value < 0.1 ? "<0.1%" : `${value.toFixed(1)}%`;
}

function Picture({ image, shape, label }: Omit<ImageTileProps, "classes"> & { readonly label: string }) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const [height, width, channels] = shape;
  useLayoutEffect(() => {
    const rgba = new Uint8ClampedArray(height * width * 4).fill(255);
    for (let pixel = 0; pixel < height * width; pixel++) {
      // One channel is grey; more than three cannot be shown, the first three are.
      for (let c = 0; c < 3; c++)
        rgba[4 * pixel + c] = image.pixels[pixel * channels + (channels < 3 ? 0 : c)] ?? 0;
    }
    canvas.current?.getContext("2d")?.putImageData(new ImageData(rgba, width, height), 0, 0);
  }, [image, height, width, channels]);
  return (
    <canvas
      ref={canvas}
      className={styles.picture}
      width={width}
      height={height}
      role="img"
      aria-label={label}
    />
  );
}
