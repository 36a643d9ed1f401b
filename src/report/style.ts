import { themeColors } from "../charts/figure/theme-colors.ts";

/** The look of a report: the page's colours, light or dark as the reader's system is, and black on white in print. */
const variables = (scheme: "light" | "dark") =>
  Object.entries(themeColors[scheme])
    .map(([name, value]) => `${name}:${value}`)
    .join(";");

export const reportStyle = `
:root{color-scheme:light dark;${variables("light")}}
@media (prefers-color-scheme:dark){:root{${variables("dark")}}}
@media print{:root{${variables("light")}}}
*{box-sizing:border-box}
body{margin:0 auto;padding:24px 20px 48px;max-width:1240px;background:var(--panel);color:var(--ink);
font:15px/1.5 'Inter Variable',Inter,system-ui,'Helvetica Neue',Arial,sans-serif}
h1{margin:0;font-size:24px}
h2{margin:36px 0 12px;padding-top:12px;border-top:1px solid var(--line);font-size:19px}
h3{margin:0 0 8px;font-size:15px}
header p,figcaption,caption,dd{color:var(--ink-2)}
header p,figcaption{margin:4px 0;font-size:13px}
.warning{margin:16px 0;padding:8px 12px;border-left:4px solid var(--pop-5);background:var(--quiet)}
.note{margin:16px 0;padding:8px 12px;border-left:4px solid var(--line);background:var(--quiet)}
.missing{color:var(--ink-2)}
.figures{display:grid;grid-template-columns:repeat(auto-fill,minmax(min(100%,540px),1fr));gap:28px 24px;margin:20px 0}
figure{margin:0;min-width:0}
svg{display:block;max-width:100%;height:auto;font-family:inherit}
.scroll{overflow-x:auto}
table{border-collapse:collapse;margin:12px 0;font-size:13px;font-variant-numeric:tabular-nums}
caption{padding:4px 0;text-align:left;font-size:13px}
th,td{padding:3px 10px;border-bottom:1px solid var(--line);text-align:right;white-space:nowrap}
th:first-child{padding-left:0;text-align:left}
thead th{font-weight:600;color:var(--ink-2)}
tbody th{font-weight:500}
details{font-size:13px}
summary{cursor:pointer;color:var(--accent)}
details .scroll{max-height:360px;overflow:auto}
dl{max-width:80ch}
dt{font-weight:600}
dd{margin:0 0 8px}
`;
