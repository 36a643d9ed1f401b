/** A symbol as the papers print it: "w_0" is an italic w with a lowered 0. */
export function MathSymbol({ text }: { readonly text: string }) {
  const [base, sub] = text.split("_");
  return (
    <span>
      <i>{base}</i>
      {sub !== undefined && <sub style={{ fontSize: "0.72em", lineHeight: 0 }}>{sub}</sub>}
    </span>
  );
}
