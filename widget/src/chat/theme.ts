// Light, dark, or as the system says: the host carries the answer, the styles follow it.

import type { Frame } from "../contract.ts";

export function theme({ host, signal }: Frame): (choice: string) => void {
  const dark = matchMedia("(prefers-color-scheme:dark)");
  let chosen = "auto";
  const paint = () => {
    host.dataset["theme"] = chosen !== "auto" ? chosen : dark.matches ? "dark" : "light";
  };
  dark.addEventListener("change", paint, { signal });
  paint();
  return (choice) => {
    chosen = choice;
    paint();
  };
}
