// Buttons that copy what stands in a field: without a script the field is there to be marked.

/** Shows the buttons and makes them work. */
export function copyable(): void {
  for (const button of document.querySelectorAll<HTMLButtonElement>("button[data-copy]")) {
    const from = document.getElementById(button.dataset["copy"] ?? "");
    if (!(from instanceof HTMLInputElement || from instanceof HTMLTextAreaElement)) continue;
    const words = button.textContent;
    button.hidden = false;
    button.addEventListener("click", () => {
      from.select();
      const copied = navigator.clipboard?.writeText(from.value) ?? Promise.reject(new Error("no clipboard"));
      copied.then(() => {
        button.textContent = button.dataset["copied"] ?? words;
        setTimeout(() => (button.textContent = words), 2_000);
      }, () => document.execCommand("copy"));
    });
  }
}
