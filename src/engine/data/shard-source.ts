/**
 * Where the bytes of manifests and shards come from: fetch in a page or worker, files in Node. The path is relative to the
 * data root, e.g. "fashion-mnist/train-000.bin". Rejects where there is no such file, with the reason as the message.
 */
export type ShardSource = (path: string) => Promise<Uint8Array<ArrayBuffer>>;

/**
 * Shards served beside the page.
 * @param root address of the data root, ending with "/"; in the app `new URL("data/", document.baseURI)`
 */
export function fetchSource(root: string | URL): ShardSource {
  return async (path) => {
    const response = await fetch(new URL(path, root));
    if (!response.ok) throw new Error(`the server answers ${response.status}`);
    // Many static hosts answer an unknown address with their start page and status 200.
    if (response.headers.get("content-type")?.startsWith("text/html")) {
      throw new Error("the server answers with a page, not with data");
    }
    return new Uint8Array(await response.arrayBuffer());
  };
}
