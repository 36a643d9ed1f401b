import { Notice } from "../ui/notice.tsx";
import { useExplore, useExploreStore } from "./state/context.tsx";

/** What of the address could not be used. */
export function BadLink() {
  const store = useExploreStore();
  const problems = useExplore((state) => state.badLink);
  if (problems.length === 0) return null;
  return (
    <Notice
      tone="bad"
      title="Part of this link cannot be used."
      onClose={() => store.getState().dismissBadLink()}
    >
      {problems.map(({ path, message }) => `${path}: ${message}`).join("; ")}. Defaults stand in their place;
      the rest of the link counts.
    </Notice>
  );
}
