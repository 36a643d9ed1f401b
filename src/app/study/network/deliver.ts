/** Saves text as a file under this name. */
export function downloadText(fileName: string, text: string): void {
  downloadBlob(fileName, new Blob([text], { type: "text/plain;charset=utf-8" }));
}

/** Saves bytes as a file under this name. */
export function downloadBytes(fileName: string, bytes: Uint8Array<ArrayBuffer>, type: string): void {
  downloadBlob(fileName, new Blob([bytes], { type }));
}

export function downloadBlob(fileName: string, blob: Blob): void {
  const url = URL.createObjectURL(blob);
  const link = document.createElement("a");
  link.href = url;
  link.download = fileName;
  link.click();
  // Browsers start the download after the click; the address must live until then.
  setTimeout(() => URL.revokeObjectURL(url), 10_000);
}

/** @throws where the browser gives no access to the clipboard (insecure address, permission denied) */
export async function copyText(text: string): Promise<void> {
  if (navigator.clipboard === undefined) throw new Error("this browser gives no access to the clipboard");
  await navigator.clipboard.writeText(text);
}

/** `regnetx-12`: safe on every file system. */
export function fileSlug(name: string): string {
  return (
    name
      .toLowerCase()
      .replace(/[^\p{L}\p{N}]+/gu, "-")
      .replace(/^-|-$/g, "") || "network"
  );
}
