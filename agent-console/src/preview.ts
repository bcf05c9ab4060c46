// The real widget beside the form, as the form says: the server is told the draft, and the frame is loaded again.

const REST_MS = 400;

/** Keeps the frame as the form says. */
export function previewDrafts(): void {
  const form = document.querySelector<HTMLFormElement>("form[data-drafts]");
  const frame = document.querySelector<HTMLIFrameElement>("iframe[data-preview]");
  const address = form?.dataset["drafts"];
  if (!form || !frame || !address) return;
  // Without scripts there is nothing that it could change.
  document.querySelector<HTMLElement>("[data-shown-in]")?.removeAttribute("hidden");
  let rest: ReturnType<typeof setTimeout> | undefined;
  form.addEventListener("input", () => {
    clearTimeout(rest);
    rest = setTimeout(() => void tell(form, frame, address), REST_MS);
  });
}

async function tell(form: HTMLFormElement, frame: HTMLIFrameElement, address: string): Promise<void> {
  const fields = [...new FormData(form)].map(([name, value]) => [name, String(value)]);
  const answer = await fetch(address, { method: "POST", body: new URLSearchParams(fields) }).catch(() => undefined);
  // What is half typed cannot be shown: the last that could stays.
  if (answer?.ok) frame.contentWindow?.location.reload();
}
