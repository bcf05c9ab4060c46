// A stand-in for the server, for driving the widget in a browser: one conversation in memory, the
// three transports, the demo pages under the strictest policy. Not a model of the real thing.
// `node test/fake-server.mjs 8787`, then /demo and /chat/SITE. POST /fake {act: …} plays the agent.
import { createHash, randomUUID } from "node:crypto";
import { createServer } from "node:http";
import { readFile } from "node:fs/promises";

const here = (path) => new URL(`../${path}`, import.meta.url);
const state = { messages: [], rev: 0, conversation: null, head: "queued", agent: null, visitor: randomUUID(), sockets: new Set(), polls: new Map(), block: new Set(), nackNext: 0, drops: 0, availability: { online: true, reply_within_s: 120 }, place: { position: "3", wait_s: { low: 60, high: 180 } }, asks: [], site: {}, earlier: [], sent: [] };
const LENA = { kind: "agent", id: "018f0000-0000-7000-8000-000000000001", name: "Lena Brandt", avatar_url: null };
const BOT = { kind: "bot", id: "018f0000-0000-7000-8000-0000000000b0", name: null, avatar_url: null };
const now = () => new Date().toISOString();
const head = () => ({ id: state.conversation, state: state.head, owner: state.head === "bot" ? { ...BOT, name: "Pedal" } : state.agent ?? { kind: "queue", id: "q", name: null, avatar_url: null }, epoch: 1 });
const changes = (from, more = {}) => ({ type: "changes", conversation: head(), from, rev: state.rev, messages: state.messages.filter((m) => m.rev > from).slice(-50), more: false, floor: 0, ...more });
const marks = { delivered_seq: 0, read_seq: 0 };
const mine = { delivered_seq: 0, read_seq: 0 };

function welcome() {
  return {
    type: "welcome", visitor: null, rev: state.rev, generation: "g1", availability: state.availability,
    conversation: state.conversation && { ...head(), started_at: now(), participants: [{ kind: "visitor", id: state.visitor, name: null, avatar_url: null, ...mine }, { ...LENA, ...marks }] },
    site: { name: "Northwind Bikes", appearance: {}, texts: {}, features: {}, ...state.site, limits: { text_chars: 8000, frame_bytes: 65536, edit_window_s: 900, delete_window_s: 900 } },
  };
}

function add(author, text, event) {
  const from = state.rev++;
  const message = { id: randomUUID(), seq: state.rev, rev: state.rev, kind: event ? "event" : "text", author, text, event, attachments: [], reactions: [], created_at: now() };
  state.messages.push(message);
  return { from, message };
}

const summary = (id, messages) => ({ id, state: "closed", last_message: messages.findLast(({ kind }) => kind === "text") ?? null, started_at: messages[0].created_at, updated_at: messages.at(-1).created_at });
const say = (frame) => { for (const send of state.sockets) send(frame); };

function take(frame, reply) {
  switch (frame.type) {
    case "hello": {
      reply(welcome());
      if (state.conversation) reply(changes(frame.since > state.rev ? 0 : frame.since, frame.since > state.rev ? { reset: true } : {}));
      for (const ask of state.asks) reply({ type: "ask", ...ask });
      return;
    }
    case "form": {
      if (/taken/.test(frame.values.email)) return reply({ type: "nack", id: frame.id, problem: { type: "/problems/value-refused", title: "Value refused", status: 422, field: "email", detail: "This address cannot be used. Nothing was stored; change it and send it again." } });
      state.asks = state.asks.filter((ask) => ask.form !== frame.form);
      return reply({ type: "ack", id: frame.id, conversation: state.conversation, rev: state.rev });
    }
    case "list": return reply({ type: "conversations", items: [...(state.conversation ? [summary(state.conversation, state.messages)] : []), ...state.earlier.map(({ id, messages }) => summary(id, messages))] });
    case "send": {
      // As the protocol says: after a retryable nack the session's later sends get the same, until that one is resent.
      const held = reply.held && reply.held !== frame.id;
      reply.held = held ? reply.held : state.nackNext-- > 0 ? frame.id : undefined;
      if (reply.held) return reply({ type: "nack", id: frame.id, problem: { type: "/problems/rate-limited", title: "Too many messages", status: 429, detail: "You're sending quickly.", retry_after_s: 2 } });
      if (frame.text === "refuse me") return reply({ type: "nack", id: frame.id, problem: { type: "/problems/refused", title: "Refused", status: 422, detail: "This text is not allowed here." } });
      const old = state.messages.find((m) => m.id === frame.id);
      if (old) return reply({ type: "ack", id: frame.id, conversation: state.conversation, rev: old.seq, message: old });
      const start = !state.conversation;
      if (start) state.conversation = randomUUID();
      const { from, message } = add({ kind: "visitor", id: state.visitor, name: null, avatar_url: null }, frame.text);
      message.id = frame.id;
      state.sent.push(frame);
      reply({ type: "ack", id: frame.id, conversation: state.conversation, rev: message.seq, visitor: state.visitor });
      say(changes(start ? 0 : from));
      if (!state.agent && state.place) setTimeout(() => say({ type: "queue", ...state.place }), 100);
      return;
    }
    case "edit": case "delete": {
      const message = state.messages.find((m) => m.id === frame.message);
      const from = state.rev++;
      message.rev = state.rev;
      if (frame.type === "edit") { message.text = frame.text; message.edited_at = now(); } else { message.text = ""; message.deleted_at = now(); }
      reply({ type: "ack", id: frame.id, conversation: state.conversation, rev: state.rev });
      return say(changes(from));
    }
    case "handoff": {
      if (state.head === "bot") {
        state.head = "queued";
        const { from } = add({ kind: "system", id: null, name: null, avatar_url: null }, "", { name: "bot_handed_off", params: { bot: BOT, by: { kind: "visitor" } } });
        say(changes(from));
      }
      return reply({ type: "ack", id: frame.id, conversation: state.conversation, rev: state.rev });
    }
    case "update": return reply({ type: "ack", id: frame.id, conversation: state.conversation, rev: state.rev });
    case "read": mine.read_seq = Math.max(mine.read_seq, frame.seq); return;
    case "history": {
      const past = state.earlier.find(({ id }) => id === frame.conversation);
      if (past) return reply({ type: "page", conversation: past.id, messages: past.messages, more: false });
      const before = state.messages.filter((m) => m.seq < frame.before_seq);
      return reply({ type: "page", messages: before.slice(-frame.limit), more: before.length > frame.limit });
    }
    case "sync": return reply(changes(frame.since));
    case "ping": return reply({ type: "pong", at: frame.at, rev: state.rev });
  }
}

const fresh = structuredClone({ ...state, sockets: undefined, polls: undefined, block: undefined });
function reset() {
  for (const end of [...ends]) end(1012);
  const { sockets, polls, block } = state;
  Object.assign(state, structuredClone(fresh), { sockets, polls, block, visitor: randomUUID() });
  Object.assign(marks, { delivered_seq: 0, read_seq: 0 });
  Object.assign(mine, { delivered_seq: 0, read_seq: 0 });
}

/** The agent's side and the weather, for whoever drives the test. */
function play({ act, text, n, what, ...more }) {
  if (act === "start") { const { place } = state; reset(); Object.assign(state, { place }, more); }
  if (act === "set") Object.assign(state, more);
  if (act === "ask") { state.asks.push(more.ask); say({ type: "ask", ...more.ask }); }
  if (act === "availability") { state.availability = more.availability; say({ type: "availability", ...state.availability }); }
  if (act === "queue") { state.place = more.place; say({ type: "queue", ...state.place }); }
  if (act === "mine") say(changes(add({ kind: "visitor", id: state.visitor, name: null, avatar_url: null }, text).from));
  if (act === "agent") Object.assign(LENA, more.agent);
  if (act === "earlier") { const kept = [state.messages, state.rev, state.conversation]; Object.assign(state, { messages: [], rev: 0 }); for (const line of more.lines) add(line.own ? { kind: "visitor", id: state.visitor, name: null, avatar_url: null } : { ...LENA }, line.text); state.messages.forEach((m) => { m.created_at = more.at; }); state.earlier.push({ id: randomUUID(), messages: state.messages }); [state.messages, state.rev, state.conversation] = kept; }
  if (act === "date") state.messages.forEach((m) => { if (m.seq <= n) m.created_at = more.at; });
  if (act === "join") { state.agent = { ...LENA }; state.head = "assigned"; const { from } = add({ kind: "system", id: null, name: null, avatar_url: null }, "", { name: "agent_joined", params: { agent: LENA } }); say(changes(from)); say({ type: "presence", by: LENA, state: "online" }); }
  if (act === "say") say(changes(add(LENA, text).from));
  if (act === "bot") { const { from, message } = add({ ...BOT, name: more.name ?? null }, text); Object.assign(message, more); say(changes(from)); }
  if (act === "partial") say({ type: "partial", message: more.id, text });
  if (act === "seed") { state.conversation ??= randomUUID(); for (let i = 0; i < n; i++) add(i % 3 ? LENA : { kind: "visitor", id: state.visitor, name: null, avatar_url: null }, `Line ${i + 1} of a long talk about bicycles`); }
  if (act === "typing") say({ type: "typing", by: state.head === "bot" ? BOT : LENA, on: true });
  if (act === "read") { marks.read_seq = marks.delivered_seq = state.rev; say({ type: "receipt", by: { kind: "agent", id: LENA.id }, ...marks }); }
  if (act === "close") { state.head = "closed"; state.agent = null; say(changes(add({ kind: "system", id: null, name: null, avatar_url: null }, "", { name: "conversation_closed", params: { by: LENA } }).from)); }
  if (act === "gap") { add(LENA, "A missed one"); const { from } = add(LENA, "The next one"); say({ ...changes(from), messages: state.messages.slice(-1) }); }
  if (act === "nack") state.nackNext = n;
  if (act === "block") state.block.add(what);
  if (act === "unblock") state.block.delete(what);
  if (act === "cut") for (const end of [...ends]) end(n ?? 1012);
  return { sockets: state.sockets.size, messages: state.messages.map((m) => m.text), rev: state.rev, read: mine.read_seq, sent: state.sent };
}

const ends = new Set();
const body = async (request) => { let all = ""; for await (const piece of request) all += piece; return all ? JSON.parse(all) : {}; };
const types = { js: "text/javascript", css: "text/css", html: "text/html", json: "application/json" };
const POLICY = "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; img-src 'self'; require-trusted-types-for 'script'; report-uri /csp";
export const reports = [];

async function file(response, path, fill = (text) => text, headers = {}) {
  try {
    response.writeHead(200, { "Content-Type": `${types[path.split(".").pop()]}; charset=utf-8`, ...headers });
    response.end(fill(await readFile(here(path), "utf8")));
  } catch { response.writeHead(404).end(); }
}

const WORDS = { "site_key": "SITE", "site.key": "SITE", "site.name": "Northwind Bikes", "words.tag()": "en", "words.dir()": "ltr" };
const bare = (text) => text.replace(/\{%-? for [^]*?endfor -?%\}/g, "").replace(/\{%[^]*?%\}/g, "").replace(/\{\{ (.*?) \}\}/g, (_, word) => WORDS[word] ?? "");
const page = (response, path) => file(response, path, bare, { "Content-Security-Policy": POLICY });

async function live(request, response, path) {
  if (state.block.has(path)) return void response.writeHead(503).end();
  const frame = await body(request);
  const json = (value) => response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(value));
  if (path === "send") { let answer; take(frame, (reply) => { answer = reply; }); return answer ? json(answer) : response.writeHead(204).end(); }
  if (path === "events") {
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    if (state.block.has("stream")) return;
    const send = (one) => response.write(`data: ${JSON.stringify(one)}\n\n`);
    state.sockets.add(send);
    const end = (code) => { send({ type: "close", code, reason: "" }); response.end(); };
    ends.add(end);
    request.socket.on("close", () => { state.sockets.delete(send); ends.delete(end); });
    send({ type: "session", session: randomUUID() });
    return take(frame, send);
  }
  let session = frame.session;
  let queue = state.polls.get(session);
  if (!queue) { queue = { frames: [], wake: null }; session = randomUUID(); state.polls.set(session, queue); const send = (one) => { queue.frames.push(one); queue.wake?.(); }; state.sockets.add(send); take(frame, send); }
  if (!queue.frames.length) await new Promise((done) => { queue.wake = done; setTimeout(done, 25_000); });
  json({ session, frames: queue.frames.splice(0) });
}

export const server = createServer(async (request, response) => {
  const { pathname } = new URL(request.url, "http://x");
  if (pathname === "/fake") return void response.end(JSON.stringify(play(await body(request))));
  if (pathname === "/csp") { reports.push(await body(request)); console.log(JSON.stringify(reports.at(-1))); return void response.writeHead(204).end(); }
  if (pathname.startsWith("/v1/live/")) return live(request, response, pathname.slice(9));
  if (pathname.startsWith("/widget.js")) return file(response, "dist/widget.js");
  if (pathname.startsWith("/widget/parts/")) return file(response, `dist/${pathname.slice(8)}`, undefined, { "Access-Control-Allow-Origin": "*" });
  if (/^\/demo\/\w+\.(css|js)$/.test(pathname)) return file(response, pathname.slice(1));
  if (pathname === "/demo") return page(response, "demo/demo.html");
  if (pathname.startsWith("/chat/")) return page(response, "demo/chat.html");
  if (pathname.startsWith("/pages/")) return page(response, `test${pathname}`);
  response.writeHead(404).end();
});

// Text frames only, small enough for the job: RFC 6455 by hand, so that no package is needed.
server.on("upgrade", (request, socket) => {
  if (state.block.has("socket")) return void socket.end("HTTP/1.1 503 No\r\n\r\n");
  const key = createHash("sha1").update(`${request.headers["sec-websocket-key"]}258EAFA5-E914-47DA-95CA-C5AB0DC85B11`).digest("base64");
  socket.write(`HTTP/1.1 101 Switching Protocols\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Protocol: deskbell.v1\r\nSec-WebSocket-Accept: ${key}\r\n\r\n`);
  const frame = (op, data) => { const length = data.length < 126 ? Buffer.from([data.length]) : Buffer.from([126, data.length >> 8, data.length & 255]); if (socket.writable) socket.write(Buffer.concat([Buffer.from([0x80 | op]), length, data])); };
  const big = (data) => { const length = Buffer.alloc(9); length[0] = 127; length.writeBigUInt64BE(BigInt(data.length), 1); socket.write(Buffer.concat([Buffer.from([0x81]), length, data])); };
  const send = (one) => { const data = Buffer.from(JSON.stringify(one)); if (data.length > 65535) big(data); else frame(1, data); };
  const end = (code) => { frame(8, Buffer.from([code >> 8, code & 255])); socket.end(); };
  state.sockets.add(send);
  ends.add(end);
  socket.on("close", () => { state.sockets.delete(send); ends.delete(end); });
  socket.on("error", () => socket.destroy());
  let held = Buffer.alloc(0);
  socket.on("data", (piece) => {
    held = Buffer.concat([held, piece]);
    for (;;) {
      if (held.length < 6) return;
      let length = held[1] & 127, at = 2;
      if (length === 126) { length = held.readUInt16BE(2); at = 4; }
      if (held.length < at + 4 + length) return;
      const mask = held.subarray(at, at + 4), data = Buffer.from(held.subarray(at + 4, at + 4 + length)).map((byte, i) => byte ^ mask[i & 3]);
      const op = held[0] & 15;
      held = held.subarray(at + 4 + length);
      if (op === 8) return void socket.end();
      if (op === 1 && !state.block.has("deaf")) take(JSON.parse(data.toString()), send);
    }
  });
});

if (process.argv[1] === here("test/fake-server.mjs").pathname) server.listen(Number(process.argv[2] ?? 8787), "127.0.0.1", () => console.log(`listening on http://127.0.0.1:${server.address().port}`));
