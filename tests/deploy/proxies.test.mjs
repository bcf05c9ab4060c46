// What docs/production.md promises behind Caddy and nginx, with the files of deploy/ as they are.

import assert from "node:assert/strict";
import { randomBytes } from "node:crypto";
import http from "node:http";
import net from "node:net";
import { rm } from "node:fs/promises";
import { after, before, describe, test } from "node:test";

import { Agent } from "../browser/support/agent.mjs";
import { FLAGS, openContext, quit } from "../browser/support/browser.mjs";
import { freePort, Server } from "../browser/support/server.mjs";
import { Visitor } from "../browser/support/visitor.mjs";
import { ask, begin, form } from "./ask.mjs";
import { caddy, HOST, IPV6, makeCertificate, nginx } from "./proxies.mjs";

const URL_OF_HOST = `https://${HOST}`;
const TEST_MS = 120_000;
/** Plays a CDN: the one address in front of the proxy whose word is believed. */
const CDN = "127.0.0.50";
/** Small enough to be reached, large enough for the browsers of a story. */
const LOGINS = 4;
const BIG = 5 * 1024 * 1024;

const certificate = await makeCertificate();
const ports = { caddy: await drawn(), nginx: await drawn() };
FLAGS.push(`--ignore-certificate-errors-spki-list=${certificate.pin}`);

async function drawn() {
  return { http: await freePort(), https: await freePort(), admin: await freePort() };
}

after(async () => {
  await quit();
  await rm(certificate.folder, { recursive: true, force: true });
});

const token = () => randomBytes(32).toString("base64url");

/** A session over an event stream, from its first event on. */
async function stream(proxy, server, options = {}) {
  const headers = { origin: URL_OF_HOST, "content-type": "application/json" };
  const body = JSON.stringify({ type: "hello", token: token(), ...options });
  const response = await begin(proxy, certificate, `/v1/live/events?site=${server.ids.site_key}`, { method: "POST", headers, body });
  response.setEncoding("utf8");
  const events = response[Symbol.asyncIterator]();
  let text = "";
  const until = async (pattern) => {
    while (!pattern.test(text)) {
      const { value, done } = await events.next();
      assert.ok(!done, `the stream ended before ${pattern}:\n${text}`);
      text += value;
    }
  };
  return { response, until };
}

/** The status of so many attempts to sign in, each with another forged header. */
async function attempts(proxy, from, count, forge, to) {
  const statuses = [];
  for (let n = 0; n < count; n += 1) {
    const { headers, ...rest } = form({ email: `nobody${n}@shop.example`, password: "not the right one" });
    statuses.push((await ask(proxy, certificate, "/console/login", { ...rest, from, to, headers: { ...headers, ...forge(n) } })).status);
  }
  return statuses;
}

const refusedAt = (count) => [...Array(LOGINS).fill(401), ...Array(count - LOGINS).fill(429)];

for (const [name, start] of Object.entries({ caddy, nginx })) {
  describe(name, () => {
    let server;
    let proxy;
    const contexts = [];

    before(async () => {
      FLAGS.splice(0, FLAGS.length, ...FLAGS.filter((flag) => !flag.startsWith("--host-resolver-rules")));
      FLAGS.push(`--host-resolver-rules=MAP ${HOST}:443 127.0.0.1:${ports[name].https}`);
      // Caddy hands on whom the CDN named and adds the CDN; nginx says the visitor's address alone.
      const trusted = name === "caddy" ? ["127.0.0.1", CDN] : ["127.0.0.1"];
      const flags = trusted.flatMap((network) => ["--trusted-proxy", network]);
      server = await Server.start({ publicUrl: URL_OF_HOST, flags, limits: { logins_per_minute_per_address: LOGINS } });
      proxy = await start({ ports: ports[name], upstream: `127.0.0.1:${server.port}`, certificate, cdn: CDN });
    });

    after(async () => {
      for (const { context } of contexts) await context.close();
      await quit();
      // First: a proxy that stops waits for whom it still serves.
      await server?.remove();
      await proxy?.stop();
    });

    const context = async () => {
      const opened = await openContext([URL_OF_HOST]);
      contexts.push(opened);
      return opened;
    };
    const get = (path, options) => ask(proxy, certificate, path, options);

    test("they talk over WebSockets, and go on after Deskbell was restarted and after it was killed", { timeout: TEST_MS }, async () => {
      const [forVisitor, forAgent] = [await context(), await context()];
      const sockets = [];
      forVisitor.context.on("page", (page) => page.on("websocket", (socket) => socket.on("framereceived", () => sockets.push(socket.url()))));
      const visitor = await Visitor.arrive(forVisitor.context, forVisitor.watch, `${URL_OF_HOST}/demo`);
      const agent = await Agent.signIn(forAgent.context, forAgent.watch, URL_OF_HOST);
      await visitor.says("Where is order 1042?");
      await agent.opensChat("Where is order 1042?");
      await agent.takes();
      await agent.says("It left us this morning.");
      await visitor.sees("Where is order 1042?", "It left us this morning.");
      assert.ok(sockets.some((url) => url.startsWith(`wss://${HOST}/v1/live`)), `a WebSocket was used: ${sockets}`);

      const [cookie] = await forAgent.context.cookies();
      assert.deepEqual({ name: cookie.name, secure: cookie.secure, httpOnly: cookie.httpOnly, path: cookie.path, domain: cookie.domain },
        { name: "__Host-deskbell", secure: true, httpOnly: true, path: "/", domain: HOST });

      // While Deskbell is away a request may fail, and the browser says so.
      for (const { watch } of [forVisitor, forAgent]) watch.expects(/WebSocket connection to .* failed/, /Failed to load resource/, /ERR_/);
      for (const stops of [() => server.stop(), () => server.kill()]) {
        const before = await visitor.messages();
        await stops();
        await visitor.field.fill("Are you there?");
        await visitor.field.press("Enter");
        await server.start();
        await visitor.isOnline();
        await agent.page.evaluate(() => void window.dispatchEvent(new Event("online")));
        await agent.sees(...before, "Are you there?");
        await agent.says("We are back.");
        await visitor.sees(...before, "Are you there?", "We are back.");
      }
      const troubles = contexts.flatMap(({ watch }) => watch.troubles);
      assert.deepEqual(troubles, []);
    });

    test("while Deskbell is away, requests wait behind Caddy and fail at once behind nginx", { timeout: TEST_MS }, async () => {
      await server.stop();
      if (name === "nginx") {
        assert.equal((await get("/healthz")).status, 502);
        return server.start();
      }
      // Somebody who hangs up on everybody sees that the same request is tried again.
      let tries = 0;
      const hangsUp = net.createServer((socket) => socket.destroy());
      const again = new Promise((done) => hangsUp.on("connection", () => (tries += 1) === 2 && done()));
      await new Promise((done) => hangsUp.listen(server.port, "127.0.0.1", done));
      const waiting = get("/healthz");
      await Promise.race([again, waiting]);
      await new Promise((done) => hangsUp.close(done));
      await server.start();
      const { status, text } = await waiting;
      assert.deepEqual([status, text], [200, "ok\n"]);
    });

    test("an event stream is not held back", { timeout: TEST_MS }, async () => {
      const device = token();
      const { response, until } = await stream(proxy, server, { token: device });
      await until(/"type":"welcome"/);
      const frame = { type: "send", id: "01935b3c-7a51-7000-8000-0000000000a1", text: "beside the stream" };
      const headers = { origin: URL_OF_HOST, authorization: `Bearer ${device}`, "content-type": "application/json" };
      const sent = await get(`/v1/live/send?site=${server.ids.site_key}`, { method: "POST", headers, body: JSON.stringify(frame) });
      assert.equal(sent.status, 200, sent.text);
      await until(/beside the stream/);
      assert.ok(!response.complete, "it is still open");
      response.destroy();
    });

    test("an event stream comes piece by piece over HTTP/2 to a browser, too", { timeout: TEST_MS }, async () => {
      const { context: window, watch } = await context();
      const page = await window.newPage();
      await page.goto(`${URL_OF_HOST}/demo`);
      const protocol = await page.evaluate(() => performance.getEntriesByType("navigation")[0].nextHopProtocol);
      assert.equal(protocol, "h2");
      const first = await page.evaluate(async ([site, device]) => {
        const body = JSON.stringify({ type: "hello", token: device });
        const reader = (await fetch(`/v1/live/events?site=${site}`, { method: "POST", body })).body.getReader();
        let text = "";
        while (!text.includes('"type":"welcome"')) text += new TextDecoder().decode((await reader.read()).value);
        await reader.cancel();
        return text;
      }, [server.ids.site_key, token()]);
      assert.match(first, /^data: |\ndata: /);
      assert.deepEqual(watch.troubles, []);
    });

    test("plain HTTP leads to HTTPS, which says that it stays so", { timeout: TEST_MS }, async () => {
      const [location, status] = await new Promise((done, fail) => {
        const request = http.get({ host: "127.0.0.1", port: ports[name].http, path: "/demo?a=1", headers: { host: HOST } }, (response) => {
          response.resume();
          done([response.headers.location, response.statusCode]);
        });
        request.once("error", fail);
      });
      assert.ok([301, 308].includes(status), `${status}`);
      assert.equal(location?.replace(`:${ports[name].https}`, ""), `${URL_OF_HOST}/demo?a=1`);
      for (const path of ["/demo", "/nothing-here", "/console"]) {
        const { headers } = await get(path);
        assert.equal(headers["strict-transport-security"], "max-age=31536000", path);
        assert.equal(headers["x-content-type-options"], "nosniff", path);
      }
    });

    test("what is for the operator stays inside, however it is written", { timeout: TEST_MS }, async () => {
      for (const path of ["/metrics", "/%6detrics", "/metrics?a=1", "//metrics", "/demo/../metrics", "/./metrics"]) {
        const { status, text } = await get(path);
        assert.ok([404, 400, 301, 308].includes(status), `${path}: ${status}`);
        assert.doesNotMatch(text, /deskbell_/, path);
      }
      assert.equal((await get("/healthz")).text, "ok\n");
    });

    test("limits count the visitor's address, and no header that a visitor writes changes it", { timeout: TEST_MS }, async () => {
      const forge = (n) => ({ "x-forwarded-for": `198.51.100.${n}`, "x-real-ip": `198.51.100.${n}`, forwarded: `for=198.51.100.${n}`,
        "cf-connecting-ip": `198.51.100.${n}`, "true-client-ip": `198.51.100.${n}`, "x-forwarded-proto": "http", "x-forwarded-host": "evil.example" });
      assert.deepEqual(await attempts(proxy, "127.0.0.2", LOGINS + 2, forge), refusedAt(LOGINS + 2), "one visitor");
      assert.deepEqual(await attempts(proxy, "127.0.0.3", 1, forge), [401], "another is not held to account");
      const posing = () => ({ "x-forwarded-for": `198.51.100.77, ${CDN}, 127.0.0.1` });
      assert.deepEqual(await attempts(proxy, "127.0.0.4", LOGINS + 1, posing), refusedAt(LOGINS + 1), "posing as the proxies");
      assert.deepEqual(await attempts(proxy, "127.0.0.5", 1, posing), [401]);
    });

    test("the same by IPv6", { timeout: TEST_MS, skip: !IPV6 && "this machine has no IPv6" }, async () => {
      const forge = (n) => ({ "x-forwarded-for": `2001:db8:${n}::1` });
      assert.deepEqual(await attempts(proxy, "::1", LOGINS + 1, forge, "::1"), refusedAt(LOGINS + 1));
    });

    test("behind a CDN the limits count whom the CDN names", { timeout: TEST_MS }, async () => {
      const named = (address) => () => ({ "x-forwarded-for": `203.0.113.1, ${address}` });
      assert.deepEqual(await attempts(proxy, CDN, LOGINS + 1, named("198.51.100.1")), refusedAt(LOGINS + 1));
      assert.deepEqual(await attempts(proxy, CDN, 1, named("198.51.100.2")), [401], "another visitor of the same CDN");
      assert.deepEqual(await attempts(proxy, CDN, LOGINS + 1, named("2001:db8::7")), refusedAt(LOGINS + 1), "IPv6");
      assert.deepEqual(await attempts(proxy, CDN, 1, named("2001:db8:0:1::7")), [401], "another network");
    });

    test("who reaches Deskbell beside the proxy is believed nothing", { timeout: TEST_MS }, async () => {
      const statuses = [];
      for (let n = 0; n < LOGINS + 1; n += 1) {
        const { body, headers } = form({ email: `nobody${n}@shop.example`, password: "not the right one" });
        statuses.push(await new Promise((done, fail) => {
          const forged = { ...headers, "x-forwarded-for": `198.51.100.${n}`, "content-length": Buffer.byteLength(body) };
          const to = { host: "127.0.0.1", port: server.port, localAddress: "127.0.0.9", method: "POST", path: "/console/login", headers: forged };
          const request = http.request(to, (response) => done(response.resume().statusCode));
          request.once("error", fail);
          request.end(body);
        }));
      }
      assert.deepEqual(statuses, refusedAt(LOGINS + 1));
    });

    test("what is too big is refused in words that the page can read", { timeout: TEST_MS }, async () => {
      const origin = "https://shop.example";
      const path = `/v1/live/send?site=${server.ids.site_key}`;
      for (const bytes of [65 * 1024, BIG]) {
        const headers = { origin, authorization: `Bearer ${token()}`, "content-type": "application/json" };
        const answer = await get(path, { method: "POST", headers, body: "x".repeat(bytes) });
        assert.equal(answer.status, 413, `${bytes} bytes: ${answer.text}`);
        assert.equal(answer.headers["content-type"], "application/problem+json");
        assert.equal(answer.headers["access-control-allow-origin"], origin);
        assert.match(JSON.parse(answer.text).detail, /64 KiB/);
      }
    });
  });
}
