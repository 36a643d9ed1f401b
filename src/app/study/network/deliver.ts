/** Saves text as a file under this name. */
export function downloadText(fileName: string, text: string): void {
  const url = URL.createObjectURL(new Blob([text], { type: "text/plain;charset=utf-8" }));
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
