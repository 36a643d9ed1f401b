import { DeviceBadge } from "./device-badge.tsx";
import styles from "./header.module.css";
import { Logo } from "./logo.tsx";
import type { ViewName } from "./router.ts";
import { useRoute } from "./router-context.tsx";
import { ShareButton } from "./share-button.tsx";
import { ThemeToggle } from "./theme-toggle.tsx";

export interface NavItem {
  readonly view: ViewName;
  readonly label: string;
}

/** Views that exist; later ones join this list. */
const views: readonly NavItem[] = [
  { view: "explore", label: "Explore" },
  { view: "study", label: "Study" },
  { view: "compare", label: "Compare" },
];

export function Header() {
  const shown = useRoute(({ view }) => view);
  return (
    <header className={styles.header}>
      <h1 className={styles.logo}>
        <Logo />
        <span>Designscape</span>
      </h1>
      <nav className={styles.nav} aria-label="Views">
        {views.map(({ view, label }) => (
          <a key={view} href={`#/${view}`} {...(view === shown ? { "aria-current": "page" } : {})}>
            {label}
          </a>
        ))}
      </nav>
      <div className={styles.tools}>
        <DeviceBadge />
        <ShareButton />
        <ThemeToggle />
      </div>
    </header>
  );
}
