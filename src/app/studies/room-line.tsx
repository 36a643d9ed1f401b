import type { StorageRoom } from "../worker/storage.ts";
import styles from "./studies.module.css";
import { bytesText } from "./study-rows.ts";

/** How much room the browser gives this page, and whether it may take it back. */
export function RoomLine({ room }: { readonly room: StorageRoom | undefined }) {
  if (room?.usage === undefined || room.quota === undefined) return null;
  const { usage, quota, persisted } = room;
  return (
    <p className={styles.room} data-testid="storage-room">
      {bytesText(usage)} used, {bytesText(Math.max(0, quota - usage))} left
      <span>
        {persisted
          ? "kept when the disk runs full"
          : "the browser may clear it when the disk runs full: export what matters"}
      </span>
    </p>
  );
}
