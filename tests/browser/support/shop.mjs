// A website of its own, on another origin than the chat: what a customer's page is to us. Each path
// is a page that makes life harder for the widget in its own way.

import { readFileSync } from "node:fs";
import http from "node:http";
import { resolve } from "node:path";

const TURBO = resolve(import.meta.dirname, "../node_modules/@hotwired/turbo/dist/turbo.es2017-umd.js");

/** The blocks of a document, such as embedding.md, in this language, with this chat's address and site. */
function blocks(document, language, chat, site) {
  const text = readFileSync(resolve(import.meta.dirname, "../../../", document), "utf8");
  const found = [...text.matchAll(/^ *```(\w+)\n(.*?)^ *```$/gms)].filter(([, named]) => named === language);
  const ours = (block) => block.replaceAll("https://chat.example.com", chat).replaceAll("wss://chat.example.com", chat.replace(/^http/, "ws")).replaceAll("SITE_KEY", site);
  return found.map(([, , block]) => ours(block));
}

const PAGES = {
  "/": ({ tag }) => ({ body: tag }),
  "/without": () => ({ body: "" }),
  "/twice": ({ tag }) => ({ body: tag + tag }),
  "/early": ({ tag }) => ({
    head: `<script>
      window.early = [];
      window.Deskbell ??= Object.assign((...call) => window.Deskbell.q.push(call), { q: [] });
      Deskbell("on", "ready", () => early.push("ready"));
      Deskbell("on", "open", () => early.push("open"));
      Deskbell("identify", { name: "Ada Example" });
      Deskbell("set", { attributes: { plan: "pro" } });
      Deskbell("message", "sent before the script");
      Deskbell("prefill", "typed before the script");
      Deskbell("open");
    </script>`,
    body: tag,
  }),
  // The tag with these attributes: ?data-position=left
  "/with": ({ tag, query }) => ({
    body: tag.replace("<script ", `<script ${[...query].map(([name, value]) => `${name}="${value}"`).join(" ")} `),
  }),
  "/in-path": ({ chat, site }) => ({ body: `<script async src="${chat}/widget.js/${site}"></script>` }),
  // What a document gives to paste, then the tag if it gives none: ?from=docs/privacy.md&jwt=…
  "/pasted": ({ tag, chat, site, query }) => {
    const html = blocks(query.get("from"), "html", chat, site).join("").replace("THE TOKEN", query.get("jwt"));
    const scripts = blocks(query.get("from"), "js", chat, site).filter((script) => script.startsWith("Deskbell(\"consent"));
    return { body: html + (html.includes("widget.js") ? "" : tag) + `<script>${scripts.join("")}</script>` };
  },
  "/documented-policy": ({ tag, chat, site }) => {
    const [policy] = blocks("docs/embedding.md", "text", chat, site);
    return { policy: `default-src 'none'; ${policy.replaceAll("\n", " ")}`, body: tag };
  },
  "/turbo": ({ tag, query }) => {
    const page = Number(query.get("page") ?? 1);
    const head = `<script src="/turbo.js"></script><script>window.loads = (window.loads ?? 0) + 1</script>`;
    return { head, body: `<h2>Page ${page}</h2><a href="/turbo?page=${page + 1}">Next</a>${tag}` };
  },
  "/hostile": ({ tag }) => ({
    head: "<style>* { all: unset !important; color: red !important; position: static !important; z-index: 0 !important }</style>",
    body: tag,
  }),
  "/strict": ({ tag, chat }) => ({
    policy: `default-src 'none'; img-src 'self'; script-src ${chat}; connect-src ${chat} ${chat.replace(/^http/, "ws")}; require-trusted-types-for 'script'`,
    body: tag,
  }),
};

export class Shop {
  #server;
  #tag = "";
  #chat = "";
  #site = "";

  static async open() {
    const shop = new Shop();
    shop.#server = http.createServer((request, response) => shop.#answer(request, response));
    await new Promise((done) => shop.#server.listen(0, "127.0.0.1", done));
    return shop;
  }

  get url() {
    return `http://localhost:${this.#server.address().port}`;
  }

  /** Pastes the tag of this chat into every page. */
  embeds(chat, siteKey) {
    this.#chat = chat;
    this.#site = siteKey;
    this.#tag = `<script async src="${chat}/widget.js" data-site="${siteKey}"></script>`;
  }

  #answer(request, response) {
    const { pathname: path, searchParams: query } = new URL(request.url, this.url);
    if (path === "/turbo.js") return response.writeHead(200, { "content-type": "text/javascript" }).end(readFileSync(TURBO));
    if (path === "/favicon.ico") return response.writeHead(204).end();
    const page = PAGES[path];
    if (!page) return response.writeHead(404).end();
    const { head = "", body, policy } = page({ tag: this.#tag, chat: this.#chat, site: this.#site, query });
    const headers = { "content-type": "text/html; charset=utf-8", ...(policy && { "content-security-policy": policy }) };
    response.writeHead(200, headers);
    response.end(`<!doctype html><html lang="en"><meta name="viewport" content="width=device-width"><title>A shop</title>${head}<main><h1>A shop</h1></main>${body}</html>`);
  }

  async close() {
    this.#server.closeAllConnections();
    await new Promise((done) => this.#server.close(done));
  }
}
