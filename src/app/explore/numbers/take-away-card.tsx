import { Button } from "@mantine/core";
import { useClipboard } from "@mantine/hooks";
import { describeNetwork } from "../../../engine/network/describe.ts";
import { ExportCard } from "../../study/network/export-card.tsx";
import { CheckIcon, LinkIcon } from "../../ui/icons.tsx";
import { exploreHash } from "../model/explore-url.ts";
import { useExploreStore, useNetwork } from "../state/context.tsx";

/** Takes the network out of the page: as a file, on the clipboard, as a link. */
export function TakeAwayCard() {
  const { spec, params } = useNetwork();
  const name = spec.name ?? "network";
  return (
    <ExportCard row={{ name, network: describeNetwork(spec), params }}>
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
