import {
  ActionIcon,
  Button,
  createTheme,
  type MantineColorsTuple,
  Menu,
  NativeSelect,
  NumberInput,
  RangeSlider,
  SegmentedControl,
  TextInput,
  Tooltip,
} from "@mantine/core";

/** Around --accent of tokens.css: index 6 is the light theme's, 4 the dark theme's. */
const accent: MantineColorsTuple = [
  "#ebf0fb",
  "#d3dffa",
  "#b3c8fb",
  "#93b2ff",
  "#7da2ff",
  "#5480ea",
  "#2f5fd0",
  "#2452bd",
  "#1d45a3",
  "#163684",
];

/** Greys of the dark theme, of one hue with --panel and --line; Mantine takes fields, menus and switches from them. */
const dark: MantineColorsTuple = [
  "#e9edf2",
  "#c9d0d9",
  "#a0a9b5",
  "#8d97a4",
  "#414a55",
  "#2f363f",
  "#1b2026",
  "#171b21",
  "#12161b",
  "#0c0f13",
];

const font = '"Inter Variable", system-ui, -apple-system, "Segoe UI", Roboto, sans-serif';

export const theme = createTheme({
  colors: { accent, dark },
  primaryColor: "accent",
  primaryShade: { light: 6, dark: 4 },
  autoContrast: true,
  fontFamily: font,
  defaultRadius: 8,
  cursorType: "pointer",
  respectReducedMotion: true,
  components: {
    Button: Button.extend({
      defaultProps: { size: "sm" },
      // Mantine decides on white or black once for both themes; the light blue of the dark one needs dark text.
      vars: (_, { variant = "filled" }) => ({
        root: variant === "filled" ? { "--button-color": "var(--on-accent)" } : {},
      }),
    }),
    ActionIcon: ActionIcon.extend({ defaultProps: { variant: "subtle", color: "gray" } }),
    Menu: Menu.extend({
      // Inside a landmark, and without the empty focusable element that menus may not contain.
      defaultProps: {
        shadow: "md",
        position: "bottom-end",
        portalProps: { target: "main" },
        withInitialFocusPlaceholder: false,
      },
    }),
    NativeSelect: NativeSelect.extend({ defaultProps: { size: "xs" } }),
    NumberInput: NumberInput.extend({ defaultProps: { size: "xs", hideControls: true } }),
    TextInput: TextInput.extend({ defaultProps: { size: "xs" } }),
    RangeSlider: RangeSlider.extend({ defaultProps: { size: 4, thumbSize: 16 } }),
    SegmentedControl: SegmentedControl.extend({ defaultProps: { size: "xs", radius: 7 } }),
    Tooltip: Tooltip.extend({
      defaultProps: { withArrow: true, openDelay: 300, fz: 12, portalProps: { target: "main" } },
    }),
  },
});

/** Colours of populations, in order; a ninth and tenth start over. */
export function populationColor(index: number): string {
  return `var(--pop-${(index % 8) + 1})`;
}
