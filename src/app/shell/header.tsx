import { DeviceBadge } from "./device-badge.tsx";
import styles from "./header.module.css";
import { Logo } from "./logo.tsx";
import { ShareButton } from "./share-button.tsx";
import { ThemeToggle } from "./theme-toggle.tsx";

export interface NavItem {
  readonly href: string;
  readonly label: string;
}

/** Views that exist; later ones join this list. */
const views: readonly NavItem[] = [{ href: "#/study", label: "Study" }];

export function Header() {
  return (
    <header className={styles.header}>
      <h1 className={styles.logo}>
        <Logo />
        Designscape
      </h1>
      <nav className={styles.nav} aria-label="Views">
        {views.map(({ href, label }) => (
          <a key={href} href={href} aria-current="page" onClick={(event) => event.preventDefault()}>
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
