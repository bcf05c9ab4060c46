// Web Locks, so that the tabs of one device act as one. Where a browser or an insecure page has
// none, each tab acts alone: the server takes a repeated id for the same message, so that this
// costs a frame and nothing else.

const locks = (): LockManager | undefined => globalThis.navigator?.locks;

/** Waits to be the one tab that holds `name`, then calls `won` once. The answer lets go. */
export function lead(name: string, won: () => void): () => void {
  const abort = new AbortController();
  const { signal } = abort;
  const held = () => {
    if (signal.aborted) return;
    won();
    return new Promise<void>((done) => signal.addEventListener("abort", () => done()));
  };
  // Letting go while still waiting rejects the request: that is what was wanted.
  const asked = locks()?.request(name, { signal }, held) ?? held();
  Promise.resolve(asked).catch(() => undefined);
  return () => abort.abort();
}
