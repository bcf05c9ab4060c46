// What stands between a browser and a server in the worse networks: a proxy that refuses WebSocket
// upgrades, and one that holds an event stream back until it ends. It can lose the way to the live
// endpoints, cut what is open, swallow what comes down, and refuse sends. It counts what it let
// through, so that a test can prove which way was taken.

import http from "node:http";
import net from "node:net";

export class Proxy {
  #server;
  #upstream;
  #blocksSockets;
  #holdsEvents;
  #open = new Set();
  #deaf = false;
  counts = { sockets: 0, refusedSockets: 0, events: 0, polls: 0, sends: 0, refusedSends: 0 };
  /** Pages and scripts come through, the live endpoints do not. */
  down = false;
  /** So many sends by POST are answered with 503. */
  refusesSends = 0;

  static async start({ blocksSockets = false, holdsEvents = false } = {}) {
    const proxy = new Proxy();
    proxy.#blocksSockets = blocksSockets;
    proxy.#holdsEvents = holdsEvents;
    proxy.#server = http.createServer((request, response) => proxy.#pass(request, response));
    proxy.#server.on("upgrade", (request, socket, head) => proxy.#upgrade(request, socket, head));
    await new Promise((done) => proxy.#server.listen(0, "127.0.0.1", done));
    return proxy;
  }

  get url() {
    return `http://127.0.0.1:${this.#server.address().port}`;
  }

  to(port) {
    this.#upstream = port;
  }

  /** Everything that is open ends at once. */
  cut() {
    for (const socket of this.#open) socket.destroy();
    this.#deaf = false;
  }

  /** What goes up arrives; what comes down is lost, until the cut. */
  deafen() {
    this.#deaf = true;
  }

  #options(request) {
    return { host: "127.0.0.1", port: this.#upstream, method: request.method, path: request.url, headers: request.headers };
  }

  #pass(request, response) {
    const path = request.url.split("?")[0];
    const live = path.includes("/live/");
    const refused = path.endsWith("/live/send") && this.refusesSends > 0;
    if (live && (this.down || refused)) {
      if (refused) this.refusesSends -= 1;
      if (refused) this.counts.refusedSends += 1;
      const origin = request.headers.origin ?? "*";
      return void response.writeHead(503, { "access-control-allow-origin": origin }).end();
    }
    if (path.endsWith("/live/events")) this.counts.events += 1;
    if (path.endsWith("/live/poll")) this.counts.polls += 1;
    if (path.endsWith("/live/send")) this.counts.sends += 1;
    const onward = http.request(this.#options(request), (answer) => {
      const held = this.#holdsEvents && answer.headers["content-type"]?.startsWith("text/event-stream");
      if (!held) response.writeHead(answer.statusCode, answer.headers);
      answer.on("data", (piece) => held || response.write(piece));
      answer.on("end", () => response.end());
      answer.on("error", () => response.destroy());
    });
    onward.on("error", () => response.destroy());
    response.on("close", () => onward.destroy());
    request.pipe(onward);
  }

  #upgrade(request, socket, head) {
    socket.on("error", () => {});
    if (this.#blocksSockets || this.down) {
      this.counts.refusedSockets += 1;
      socket.end("HTTP/1.1 403 Forbidden\r\nContent-Length: 0\r\nConnection: close\r\n\r\n");
      return;
    }
    this.counts.sockets += 1;
    const onward = net.connect(this.#upstream, "127.0.0.1", () => {
      const headers = request.rawHeaders.map((text, at) => text + (at % 2 ? "\r\n" : ": ")).join("");
      onward.write(`${request.method} ${request.url} HTTP/1.1\r\n${headers}\r\n`);
      onward.write(head);
      socket.pipe(onward);
      onward.on("data", (piece) => this.#deaf || socket.write(piece));
    });
    this.#open.add(socket);
    socket.on("close", () => this.#open.delete(socket));
    onward.on("error", () => socket.destroy());
    socket.on("close", () => onward.destroy());
    onward.on("close", () => socket.destroy());
  }

  async stop() {
    this.cut();
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }
}
