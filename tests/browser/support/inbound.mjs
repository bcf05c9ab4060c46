// Mails that come to a server by HTTP, signed as a provider signs them.

import { createHmac, randomUUID } from "node:crypto";

/** What signs them in stories. */
export const SECRET = "a secret of the stories";

/** Hands a mail to the server; what became of it. */
export async function delivers(world, raw, id = randomUUID()) {
  const body = Buffer.from(raw);
  const time = Math.floor(Date.now() / 1000);
  const signature = createHmac("sha256", SECRET).update(`${id}.${time}.`).update(body).digest("base64");
  const headers = { "webhook-id": id, "webhook-timestamp": String(time), "webhook-signature": `v1,${signature}` };
  const response = await fetch(`${world.url}/v1/inbound/mail`, { method: "POST", headers, body });
  const text = await response.text();
  if (response.status !== 200) throw new Error(`the mail was not taken: ${response.status} ${text}`);
  return JSON.parse(text).taken;
}

/** A person's mail: fields of its header, and its text. */
export function letter(fields, text) {
  const head = Object.entries({ "Message-ID": `<${randomUUID()}@mail.example>`, "MIME-Version": "1.0", "Content-Type": "text/plain; charset=utf-8", ...fields });
  return `${head.map(([name, value]) => `${name}: ${value}\r\n`).join("")}\r\n${text.replaceAll("\n", "\r\n")}\r\n`;
}

/** A field of the header of a mail, on one line; undefined where there is none. */
export function field(mail, name) {
  const head = mail.split("\r\n\r\n")[0].replace(/\r\n[ \t]+/g, " ");
  const line = head.split("\r\n").find((one) => one.toLowerCase().startsWith(`${name.toLowerCase()}:`));
  return line?.slice(name.length + 1).trim();
}
