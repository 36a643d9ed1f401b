/**
 * A staircase against a line: a RegNet's block widths rise in steps that follow u_j = w_0 + w_a·j, drawn here on the
 * log axis on which that line bends.
 */
export function Logo({ size = 22 }: { readonly size?: number }) {
  return (
    <svg width={size} height={size} viewBox="0 0 22 22" fill="none" aria-hidden="true" focusable="false">
      <path d="M2 20C4.5 11.5 9.5 5.5 20 3.2" stroke="var(--pop-2)" strokeWidth={2} strokeLinecap="round" />
      <path
        d="M2 19.5v-4.7h4v-4.6h5V6.4h5.2V3"
        stroke="var(--accent)"
        strokeWidth={2.4}
        strokeLinecap="round"
        strokeLinejoin="round"
      />
    </svg>
  );
}
