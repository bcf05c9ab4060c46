// Passing a chat on: the page that works without a script, as a dialog. Typing finds a queue or a colleague,
// Enter passes on.
import type { Desk } from "./desk";
import { uuid7 } from "./retry";
import { say } from "./say";
import { part } from "./side";
import { notice } from "./status";

/** Opens the dialog with how it looks in the queues and with the colleagues now. */
export async function pass(address: string, desk: Desk): Promise<void> {
  if (document.querySelector("dialog.pass-sheet")) return;
  const [form] = await part(`${address}?part=1`);
  if (!(form instanceof HTMLFormElement)) return notice(say("chat-offline"));
  const dialog = document.createElement("dialog");
  dialog.className = "pass-sheet";
  dialog.setAttribute("aria-labelledby", "pass-title");
  dialog.append(form);
  dialog.addEventListener("close", () => dialog.remove());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  form.querySelector(".pass-cancel")?.addEventListener("click", (event) => {
    event.preventDefault();
    dialog.close();
  });
  form.addEventListener("submit", (event) => {
    event.preventDefault();
    if (send(form, desk)) dialog.close();
  });
  document.body.append(dialog);
  dialog.showModal();
  finds(form);
}

function send(form: HTMLFormElement, desk: Desk): boolean {
  const said = new FormData(form);
  const [kind, to] = String(said.get("to") ?? "").split(":");
  if (!to) return false;
  const note = String(said.get("note") ?? "").trim();
  const conversation = form.dataset["conversation"] ?? "";
  const target = kind === "queue" ? { queue: to } : { agent: to };
  desk.post({ type: "transfer", id: uuid7(), conversation, epoch: Number(said.get("epoch")), ...target, ...(note ? { note } : {}) });
  return true;
}

/** The field that finds: the first that fits is chosen, the arrows choose another. */
function finds(form: HTMLFormElement): void {
  const field = form.querySelector<HTMLInputElement>(".pass-find input");
  if (!field) return;
  field.closest<HTMLElement>("label")?.removeAttribute("hidden");
  const all = [...form.querySelectorAll<HTMLElement>(".pass-one")];
  const radio = (one: HTMLElement): HTMLInputElement => one.querySelector("input") as HTMLInputElement;
  const offered = (): HTMLElement[] => all.filter((one) => !one.hidden && !radio(one).disabled);
  field.addEventListener("input", () => {
    for (const one of all) one.hidden = !plain(one.querySelector(".pass-name")?.textContent ?? "").includes(plain(field.value));
    for (const group of form.querySelectorAll("fieldset")) group.hidden = group.querySelector(".pass-one:not([hidden])") === null;
    (form.querySelector(".pass-none") as HTMLElement).hidden = all.some((one) => !one.hidden);
    const [first] = offered();
    for (const one of all) radio(one).checked = field.value.trim() !== "" && one === first;
  });
  field.addEventListener("keydown", (event) => {
    if (event.key !== "ArrowDown" && event.key !== "ArrowUp") return;
    event.preventDefault();
    const list = offered();
    const at = list.findIndex((one) => radio(one).checked);
    const next = list[at < 0 ? (event.key === "ArrowDown" ? 0 : list.length - 1) : (at + (event.key === "ArrowDown" ? 1 : -1) + list.length) % list.length];
    if (!next) return;
    radio(next).checked = true;
    next.scrollIntoView({ block: "nearest" });
  });
  field.focus();
}

/** Without case and accents. */
function plain(text: string): string {
  return text.normalize("NFD").replace(/\p{M}/gu, "").toLocaleLowerCase().trim();
}
