/** An axis' name; the last part of `slope w_a` is written as a subscript, as metrics spell their symbols. */
export function AxisName({ text }: { readonly text: string }) {
  const [, before, subscript] = /^(.*)_(\w+)$/.exec(text) ?? [];
  if (subscript === undefined) return <>{text}</>;
  return (
    <>
      {before}
      <tspan dy={3} fontSize={8}>
        {subscript}
      </tspan>
    </>
  );
}
