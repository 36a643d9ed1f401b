/**
 * A task of its own as soon as possible. Not a timer: browsers stretch nested timers to 4 ms, and to a minute in hidden
 * pages.
 */
export function createYield(): () => Promise<void> {
  if (typeof setImmediate === "function") return () => new Promise((resolve) => setImmediate(resolve));
  const { port1, port2 } = new MessageChannel();
  const waiting: (() => void)[] = [];
  port1.onmessage = () => waiting.shift()?.();
  return () =>
    new Promise((resolve) => {
      waiting.push(resolve);
      port2.postMessage(null);
    });
}
