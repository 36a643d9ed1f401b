import { MantineProvider } from "@mantine/core";
import { useState } from "react";
import { createRoot } from "react-dom/client";
import { FigureFrame } from "../../src/charts/page/figure-frame.tsx";
import type { Selection } from "../../src/charts/selection.ts";
import "../../src/app/theme/page.css";
import { theme } from "../../src/app/theme/theme.ts";
import { galleryFigures } from "./figures.ts";
import { source } from "./measured.ts";

/**
 * All charts, linked: `/test/gallery/charts.html`, `?only=edf` one of them, `?width=360` narrow ones, `?theme=dark`.
 * Served by the development server alone.
 */
const query = new URLSearchParams(location.search);
const only = query.get("only");
const width = Number(query.get("width") ?? 640);
const dark = query.get("theme") === "dark";

function Gallery() {
  const [selected, onSelect] = useState<ReadonlySet<string>>(new Set());
  const [hovered, onHover] = useState<string>();
  const selection: Selection = { selected, hovered, onSelect, onHover };
  const figures = Object.entries(galleryFigures(selection));
  return (
    <main
      style={{ display: "grid", gap: 14, padding: 14, gridTemplateColumns: `repeat(auto-fill, ${width}px)` }}
    >
      {figures
        .filter(([name]) => only === null || only === name)
        .map(([name, figure]) => (
          <FigureFrame key={name} {...figure} source={source} height={Math.round(0.55 * width)} />
        ))}
    </main>
  );
}

createRoot(document.getElementById("root")!).render(
  <MantineProvider theme={theme} forceColorScheme={dark ? "dark" : "light"}>
    <Gallery />
  </MantineProvider>,
);
