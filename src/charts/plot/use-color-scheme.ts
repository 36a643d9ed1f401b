import { useSyncExternalStore } from "react";

const attribute = "data-mantine-color-scheme";

function subscribe(onChange: () => void): () => void {
  const observer = new MutationObserver(onChange);
  observer.observe(document.documentElement, { attributeFilter: [attribute] });
  return () => observer.disconnect();
}

/** The page's colour scheme, followed as it changes: what is painted with resolved colours must be painted anew. */
export function useColorScheme(): string {
  return useSyncExternalStore(
    subscribe,
    () => document.documentElement.getAttribute(attribute) ?? "light",
    () => "light",
  );
}
