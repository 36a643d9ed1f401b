import { MathSymbol } from "./symbol.tsx";

const symbol = /(\b[a-zA-Z]_[a-z0-9]+\b)/;

/** Text with symbols of the papers in it: "u_j = w_0 + w_a·j" with its subscripts lowered. */
export function MathText({ text }: { readonly text: string }) {
  return text.split(symbol).map((part, i) =>
    // biome-ignore lint/suspicious/noArrayIndexKey: parts of one text have no other name
    symbol.test(part) ? <MathSymbol key={i} text={part} /> : part,
  );
}
