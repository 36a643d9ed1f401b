import type { ReactNode } from "react";

/** Line icons on a 16-pixel grid; they are always beside words or carry a label on their button. */
function icon(paths: ReactNode) {
  return function Icon({ size = 16 }: { readonly size?: number }) {
    return (
      <svg
        width={size}
        height={size}
        viewBox="0 0 16 16"
        fill="none"
        stroke="currentColor"
        strokeWidth={1.5}
        strokeLinecap="round"
        strokeLinejoin="round"
        aria-hidden="true"
        focusable="false"
      >
        {paths}
      </svg>
    );
  };
}

export const SunIcon = icon(
  <>
    <circle cx={8} cy={8} r={2.75} />
    <path d="M8 1.5v1.2M8 13.3v1.2M1.5 8h1.2M13.3 8h1.2M3.4 3.4l.85.85M11.75 11.75l.85.85M3.4 12.6l.85-.85M11.75 4.25l.85-.85" />
  </>,
);
export const MoonIcon = icon(<path d="M13.5 9.6A5.8 5.8 0 0 1 6.4 2.5a5.8 5.8 0 1 0 7.1 7.1Z" />);
export const AutoIcon = icon(
  <>
    <circle cx={8} cy={8} r={5.75} />
    <path d="M8 2.25a5.75 5.75 0 0 1 0 11.5Z" fill="currentColor" />
  </>,
);
export const LinkIcon = icon(
  <path d="M6.7 9.3a2.6 2.6 0 0 0 3.7 0l2.3-2.3A2.6 2.6 0 0 0 9 3.3l-.9.9M9.3 6.7a2.6 2.6 0 0 0-3.7 0L3.3 9A2.6 2.6 0 0 0 7 12.7l.9-.9" />,
);
export const PlusIcon = icon(<path d="M8 3v10M3 8h10" />);
export const CloseIcon = icon(<path d="m4 4 8 8M12 4l-8 8" />);
export const MoreIcon = icon(
  <>
    <circle cx={3.5} cy={8} r={1} fill="currentColor" />
    <circle cx={8} cy={8} r={1} fill="currentColor" />
    <circle cx={12.5} cy={8} r={1} fill="currentColor" />
  </>,
);
export const TrashIcon = icon(
  <path d="M2.75 4.25h10.5M6.25 4.25v-1.5h3.5v1.5M4 4.25l.6 9h6.8l.6-9M6.6 7v3.6M9.4 7v3.6" />,
);
export const PlayIcon = icon(<path d="M5 3.2v9.6l7.5-4.8Z" fill="currentColor" />);
export const PauseIcon = icon(<path d="M5.5 3.5v9M10.5 3.5v9" strokeWidth={2.5} />);
export const StopIcon = icon(<rect x={4} y={4} width={8} height={8} rx={1} fill="currentColor" />);
export const DownloadIcon = icon(<path d="M8 2.5v7.2M4.8 6.8 8 10l3.2-3.2M2.75 13.25h10.5" />);
export const CopyIcon = icon(
  <>
    <rect x={5.5} y={5.5} width={8} height={8} rx={1.5} />
    <path d="M10.5 3.4v-.15a.75.75 0 0 0-.75-.75h-6.5a.75.75 0 0 0-.75.75v6.5c0 .4.35.75.75.75h.15" />
  </>,
);
export const SearchIcon = icon(<path d="M7 2.5a4.5 4.5 0 1 1 0 9 4.5 4.5 0 0 1 0-9ZM10.4 10.4l3.1 3.1" />);
export const CheckIcon = icon(<path d="m3 8.4 3.3 3.3L13 4.6" />);
export const WarningIcon = icon(
  <>
    <path d="M8 2.2 14.4 13.3H1.6Z" />
    <path d="M8 6.6v3M8 11.4v.01" />
  </>,
);
export const InfoIcon = icon(
  <>
    <circle cx={8} cy={8} r={6} />
    <path d="M8 7.4v3.4M8 5.1v.01" />
  </>,
);
export const ChevronIcon = icon(<path d="m4 6 4 4 4-4" />);
export const HistoryIcon = icon(
  <path d="M2.5 8a5.5 5.5 0 1 0 1.7-4L2.5 5.6M2.5 2.5v3.1h3.1M8 5v3.2l2.2 1.3" />,
);
export const EditIcon = icon(<path d="m10.6 2.9 2.5 2.5-7.6 7.6-3.1.6.6-3.1ZM9 4.5 11.5 7" />);
export const DiceIcon = icon(
  <>
    <rect x={2.5} y={2.5} width={11} height={11} rx={2.5} />
    <path d="M5.5 5.5v.01M10.5 5.5v.01M8 8v.01M5.5 10.5v.01M10.5 10.5v.01" strokeWidth={2} />
  </>,
);
