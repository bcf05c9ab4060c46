// Plain HTTPS from a chosen address of this machine to the proxy: what a visitor's browser would not
// let a test choose. Every address of 127/8 is this machine's, so each plays another visitor.

import https from "node:https";

import { HOST } from "./proxies.mjs";

const PATIENCE_MS = 30_000;

/** An answer with its whole body. `from`: the address to come from; `to`: the proxy's address. */
export async function ask(proxy, certificate, path, options = {}) {
  const response = await begin(proxy, certificate, path, options);
  const pieces = [];
  for await (const piece of response) pieces.push(piece);
  return { status: response.statusCode, headers: response.headers, text: Buffer.concat(pieces).toString() };
}

/** An answer whose body is still coming. */
export function begin(proxy, certificate, path, { method = "GET", headers = {}, body, from, to = "127.0.0.1" } = {}) {
  return new Promise((done, fail) => {
    const request = https.request({
      host: to, port: proxy.ports.https, servername: HOST, ca: certificate.pem, localAddress: from, agent: false,
      method, path, headers: { host: HOST, ...headers, ...(body && { "content-length": Buffer.byteLength(body) }) },
      signal: AbortSignal.timeout(PATIENCE_MS),
    }, done);
    request.once("error", fail);
    request.end(body);
  });
}

/** A form, as a browser posts it from the page itself. */
export function form(fields) {
  const headers = { "content-type": "application/x-www-form-urlencoded", origin: `https://${HOST}`, "sec-fetch-site": "same-origin" };
  return { method: "POST", headers, body: new URLSearchParams(fields).toString() };
}
