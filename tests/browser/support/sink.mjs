// A mail server of a story's own.

import { createServer } from "node:net";

/** A mail server that takes what it is given, or refuses recipients; the mails it took. */
export async function sink(refuses = false) {
  const mails = [];
  const server = createServer((socket) => {
    let data = false;
    let text = "";
    const say = (line) => socket.write(`${line}\r\n`);
    say("220 sink.example");
    socket.on("error", () => socket.destroy());
    socket.on("data", (bytes) => {
      text += bytes.toString("utf8");
      for (;;) {
        const end = data ? text.indexOf("\r\n.\r\n") : text.indexOf("\r\n");
        if (end < 0) return;
        const part = text.slice(0, end);
        text = text.slice(end + (data ? 5 : 2));
        if (data) {
          mails.push(part.replace(/^\.\./gm, "."));
          data = false;
          say("250 taken");
          continue;
        }
        const verb = part.slice(0, 4).toUpperCase();
        if (verb === "DATA") {
          data = true;
          say("354 go on");
        } else if (verb === "QUIT") say("221 bye");
        else if (verb === "EHLO") socket.write("250-sink.example\r\n250 8BITMIME\r\n");
        else if (verb === "RCPT" && refuses) say("550 5.1.1 There is no such mailbox here");
        else say("250 fine");
      }
    });
  });
  await new Promise((done) => server.listen(0, "127.0.0.1", done));
  return { mails, port: server.address().port, close: () => server.close() };
}

/** What stands behind `/m/` in a mail: its link. */
export function linkIn(mail) {
  const text = mail.replaceAll("=\r\n", "").replaceAll("=3D", "=");
  const found = /\/m\/([\w-]{20,})/.exec(text);
  if (!found) throw new Error(`no link in ${text}`);
  return found[1];
}
