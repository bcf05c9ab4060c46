// As the system says, unless the page has chosen: the host carries the answer, the styles follow it.

import type { Frame } from "../contract.ts";

export const DARK = "(prefers-color-scheme:dark)";

export function theme({ host, signal }: Frame): void {
  const dark = matchMedia(DARK);
  const paint = () => {
    host.dataset["theme"] = host.dataset["chosen"] ?? (dark.matches ? "dark" : "light");
  };
  dark.addEventListener("change", paint, { signal });
  paint();
}
