import { useLayoutEffect, useRef } from "react";
import styles from "./datasets.module.css";

export interface PicturesProps {
  readonly shape: readonly [height: number, width: number, channels: number];
  readonly images: readonly Uint8Array[];
  readonly label: string;
}

/** Some images in one row, drawn as they are stored. */
export function Pictures({ shape: [height, width, channels], images, label }: PicturesProps) {
  const canvas = useRef<HTMLCanvasElement>(null);
  const wide = Math.max(1, images.length) * (width + 1) - 1;
  useLayoutEffect(() => {
    const rgba = new ImageData(wide, height);
    images.forEach((image, n) => {
      for (let y = 0; y < height; y++)
        for (let x = 0; x < width; x++) {
          const at = 4 * (y * wide + n * (width + 1) + x);
          const from = (y * width + x) * channels;
          for (let c = 0; c < 3; c++) rgba.data[at + c] = image[from + (channels < 3 ? 0 : c)] ?? 0;
          rgba.data[at + 3] = 255;
        }
    });
    canvas.current?.getContext("2d")?.putImageData(rgba, 0, 0);
  }, [images, height, width, channels, wide]);
  return (
    <canvas
      ref={canvas}
      className={styles.pictures}
      width={wide}
      height={height}
      style={
        { aspectRatio: `${wide} / ${height}`, "--count": Math.max(1, images.length) } as React.CSSProperties
      }
      role="img"
      aria-label={label}
    />
  );
}
