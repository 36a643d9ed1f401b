/**
 * The page's colours as values, for pictures that leave the page: a file has no style sheet to ask. Equal to
 * app/theme/tokens.css, which a test checks.
 */
export type ColorScheme = "light" | "dark";

export const themeColors: Readonly<Record<ColorScheme, Readonly<Record<string, string>>>> = {
  light: {
    "--panel": "#ffffff",
    "--ink": "#16191d",
    "--ink-2": "#545d69",
    "--ink-3": "#666f7b",
    "--line": "#e0e4e9",
    "--grid": "#eceef2",
    "--quiet": "#f1f3f6",
    "--dominated": "#a3abb5",
    "--accent": "#2f5fd0",
    "--pop-1": "#2f5fd0",
    "--pop-2": "#b8500f",
    "--pop-3": "#147a60",
    "--pop-4": "#a33c8a",
    "--pop-5": "#866400",
    "--pop-6": "#0a7590",
    "--pop-7": "#c22c47",
    "--pop-8": "#5a6470",
  },
  dark: {
    "--panel": "#171b21",
    "--ink": "#e9edf2",
    "--ink-2": "#a0a9b5",
    "--ink-3": "#8d97a4",
    "--line": "#2a3038",
    "--grid": "#242a31",
    "--quiet": "#1f242b",
    "--dominated": "#596370",
    "--accent": "#7da2ff",
    "--pop-1": "#7da2ff",
    "--pop-2": "#ff9a5c",
    "--pop-3": "#4fc7a3",
    "--pop-4": "#e08acb",
    "--pop-5": "#dcb93f",
    "--pop-6": "#56bfde",
    "--pop-7": "#ff8290",
    "--pop-8": "#a7b0bc",
  },
};

/** Writes colours in place of the page's variables; a variable that is not known is an error, not a black shape. */
export function resolveColors(markup: string, scheme: ColorScheme): string {
  return markup.replaceAll(/var\((--[\w-]+)\)/g, (_, name: string) => {
    const value = themeColors[scheme][name];
    if (value === undefined) throw new Error(`the picture uses ${name}, which theme-colors.ts does not know`);
    return value;
  });
}
