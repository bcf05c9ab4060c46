// The count of unread messages before the page's title. The page may change its title at any
// time: then the count goes before the new one. At the end the page's own title is back.

export function titles(signal: AbortSignal): (unread: number) => void {
  let count = 0;
  let ours = "";
  let own = document.title;

  const put = () => {
    if (document.title !== ours) own = document.title;
    ours = count ? `(${count}) ${own}` : own;
    if (document.title !== ours) document.title = ours;
  };
  const watch = new MutationObserver(put);
  const observe = () => watch.observe(document.head, { childList: true, subtree: true, characterData: true });
  const restore = () => {
    watch.disconnect();
    if (document.title === ours) document.title = own;
    ours = "";
  };
  signal.addEventListener("abort", restore);

  return (unread) => {
    if (unread === count || signal.aborted) return;
    const quiet = !count;
    count = unread;
    if (!count) return restore();
    if (quiet) own = document.title;
    put();
    if (quiet) observe();
  };
}
