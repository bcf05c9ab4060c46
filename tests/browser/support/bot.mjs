// A bot: a web server of its own that speaks Deskbell's contract. It answers what the visitor says by
// rules, at once or as a stream whose pieces the story lets out.

import { createServer } from "node:http";

export class Bot {
  /** What it was asked, in order. */
  asked = [];
  #server;
  #rules;
  #gates = new Map();

  /** `rules`: by the visitor's words, actions, or a list of pieces of text, each held until `lets` is called. */
  static async start(rules) {
    const bot = new Bot();
    bot.#rules = rules;
    bot.#server = createServer((request, response) => bot.#answer(request, response));
    await new Promise((done) => bot.#server.listen(0, "127.0.0.1", done));
    return bot;
  }

  get url() {
    return `http://127.0.0.1:${this.#server.address().port}/hook`;
  }

  /** The desk has it in front of its queue. */
  async joins(server, { name = "Pedal", deadlineMs = 10_000 } = {}) {
    await server.runs("bot", "add", "--name", name, "--url", this.url, "--queue", "Support", "--deadline-ms", String(deadlineMs));
  }

  /** Lets the next piece of the stream to these words out. */
  lets(words) {
    this.#gate(words).open();
  }

  close() {
    this.#server.closeAllConnections();
    this.#server.close();
  }

  #gate(words) {
    if (!this.#gates.has(words)) {
      let open;
      const passed = new Promise((done) => (open = done));
      this.#gates.set(words, { open, passed });
    }
    return this.#gates.get(words);
  }

  async #answer(request, response) {
    let body = "";
    for await (const piece of request) body += piece;
    const asked = JSON.parse(body);
    this.asked.push({ ...asked, signed: request.headers["webhook-signature"] });
    const words = asked.message?.text ?? "";
    const rule = this.#rules[words] ?? [{ type: "say", text: `You said: ${words}` }];
    if (rule.status) return response.writeHead(rule.status).end();
    if (typeof rule[0] !== "string") return response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify({ actions: rule }));
    response.writeHead(200, { "Content-Type": "text/event-stream" });
    for (const [at, text] of rule.entries()) {
      if (at > 0) {
        await this.#gate(words).passed;
        this.#gates.delete(words);
      }
      response.write(`event: delta\ndata: ${JSON.stringify({ text })}\n\n`);
    }
    response.end();
  }
}
