// For pages whose own scripts have bent what every script relies on: JSON as the language means it,
// and sockets and requests of a realm that nobody has touched. Fetched only there.

const realm = untouched();

/** An empty frame of ours: same origin, same policy, nothing shown, nothing loaded. It has to stay. */
function untouched(): typeof globalThis {
  const frame = document.createElement("iframe");
  frame.hidden = true;
  frame.ariaHidden = "true";
  frame.title = "";
  frame.tabIndex = -1;
  document.querySelector("deskbell-chat")?.shadowRoot?.append(frame);
  return (frame.contentWindow ?? window) as unknown as typeof globalThis;
}

export const WebSocket = realm.WebSocket;
export const fetch: typeof globalThis.fetch = (...request) => realm.fetch(...request);
export const JSON = { parse: realm.JSON.parse, stringify };

/** What the language's own does for plain data, and no `toJSON` that a page has put on everything. */
function stringify(value: unknown): string | undefined {
  if (Array.isArray(value)) return `[${joined(value, (item) => stringify(item) ?? "null")}]`;
  if (typeof value !== "object" || value === null) return primitive(value);
  const fields = Object.keys(value).filter((key) => stringify((value as Record<string, unknown>)[key]) !== undefined);
  return `{${joined(fields, (key) => `${primitive(key)}:${stringify((value as Record<string, unknown>)[key])}`)}}`;
}

function joined<T>(items: readonly T[], text: (item: T) => string): string {
  let all = "";
  for (let at = 0; at < items.length; at += 1) all += (at ? "," : "") + text(items[at]!);
  return all;
}

/** A string's control characters, quotes and backslashes, and lone surrogates, which are no UTF-8. */
const ESCAPED = /["\\\u0000-\u001f\ud800-\udfff]/gu;

function primitive(value: unknown): string | undefined {
  if (typeof value === "string") return `"${value.replace(ESCAPED, (c) => `\\u${`000${c.charCodeAt(0).toString(16)}`.slice(-4)}`)}"`;
  if (typeof value === "number") return Number.isFinite(value) ? `${value}` : "null";
  return typeof value === "boolean" || value === null ? `${value}` : undefined;
}
