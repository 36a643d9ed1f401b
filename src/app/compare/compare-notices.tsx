import { Notice } from "../ui/notice.tsx";
import { useCompare, useCompareStore } from "./context.tsx";

/** What went wrong with the address, with files and with this browser's studies. */
export function CompareNotices({ failure }: { readonly failure: string | undefined }) {
  const store = useCompareStore();
  const badLink = useCompare((state) => state.badLink);
  const problems = useCompare((state) => state.fileProblems);
  return (
    <>
      {badLink.length > 0 && (
        <Notice
          tone="bad"
          title="Part of this link cannot be used."
          onClose={() => store.getState().dismissBadLink()}
        >
          {badLink.map(({ path, message }) => `${path}: ${message}`).join("; ")}. The rest of the link counts.
        </Notice>
      )}
      {failure !== undefined && (
        <Notice tone="bad" title="The studies of this browser cannot be read.">
          {failure}. Results files can be compared all the same.
        </Notice>
      )}
      {problems.map((problem) => (
        <Notice
          key={problem.file}
          tone={problem.tone}
          title={problem.tone === "bad" ? `${problem.file} cannot be used.` : `${problem.file} is cut off.`}
          onClose={() => store.getState().dismissProblem(problem)}
        >
          {problem.message}
        </Notice>
      ))}
    </>
  );
}
