import { Button } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { useMemo } from "react";
import { ExportCard } from "../../study/network/export-card.tsx";
import { CheckIcon, LinkIcon } from "../../ui/icons.tsx";
import { exploreHash } from "../model/explore-url.ts";
import { useExplore, useExploreStore } from "../state/context.tsx";

/** Takes the network out of the page: as a file, on the clipboard, as a link. */
export function TakeAwayCard() {
  const store = useExploreStore();
  const name = useExplore(({ network }) => network.spec.name ?? "network");
  // What is exported is looked up when it is: a moving slider has nothing to redraw here.
  const row = useMemo(
    () => ({
      name,
      get network() {
        return store.getState().network;
      },
      get params() {
        return store.getState().network.params;
      },
    }),
    [name, store],
  );
  return (
    <ExportCard row={row}>
      <CopyLinkButton />
    </ExportCard>
  );
}

function CopyLinkButton() {
  const store = useExploreStore();
  const clipboard = useClipboard({ timeout: 2000 });
  const copy = () => clipboard.copy(new URL(exploreHash(store.getState()), document.baseURI).href);
  return (
    <Button
      variant="default"
      leftSection={clipboard.copied ? <CheckIcon size={14} /> : <LinkIcon size={14} />}
      onClick={copy}
    >
      <span role="status">
        {clipboard.copied ? "Link copied" : clipboard.error ? "No clipboard" : "Copy link"}
      </span>
    </Button>
  );
}
