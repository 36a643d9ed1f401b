import { Button } from "@mantine/core";
import { Component, type ReactNode } from "react";
import { Notice } from "../ui/notice.tsx";
import styles from "./crash-boundary.module.css";

interface CrashBoundaryState {
  readonly crash?: { readonly error: unknown };
}

/** Where a part of the page cannot be drawn (a fault of ours, or a file of the page that does not load) it says so. */
export class CrashBoundary extends Component<{ readonly children: ReactNode }, CrashBoundaryState> {
  override state: CrashBoundaryState = {};

  static getDerivedStateFromError(error: unknown): CrashBoundaryState {
    return { crash: { error } };
  }

  override render() {
    const { crash } = this.state;
    if (crash === undefined) return this.props.children;
    return (
      <div className={styles.crash}>
        <Notice
          tone="bad"
          title="This view cannot be drawn."
          actions={
            <Button size="xs" variant="default" onClick={() => window.location.reload()}>
              Reload the page
            </Button>
          }
        >
          {crash.error instanceof Error ? crash.error.message : String(crash.error)}. Every recorded trial is
          kept.
        </Notice>
      </div>
    );
  }
}
