// What the tag costs a page: the demo shop in Chromium with and without it, in turns, on a processor
// slowed down four times, and once more with the chat opened. Prints the table of docs/performance.md.
//
//   node page_cost.mjs [ROUNDS]

import { launch, quit } from "./support/browser.mjs";
import { Server } from "./support/server.mjs";

const ROUNDS = Number(process.argv[2] ?? 15);
const SLOWER = 4;
const TAG = /<script async src="\/widget\.js".*?<\/script>/;

const VARIANTS = {
  "without the tag": { html: (html) => html.replace(TAG, "") },
  "with the tag": { html: (html) => html },
  "with the chat opened": { html: (html) => html, opens: true },
};

const ROWS = {
  "main thread, ms": (run) => run.tasks * 1000,
  "of it script, ms": (run) => run.script * 1000,
  "of it style and layout, ms": (run) => run.layout * 1000,
  "longest task, ms": (run) => run.longest,
  "first contentful paint, ms": (run) => run.paint,
  "requests": (run) => run.requests,
  "bytes over the network": (run) => run.bytes,
  "JavaScript heap, KiB": (run) => run.heap / 1024,
  "layout shift": (run) => run.shift,
};

async function measure(browser, server, html, { html: made, opens }) {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
  const page = await context.newPage();
  const client = await context.newCDPSession(page);
  await page.route(`${server.url}/demo`, async (route) => route.fulfill({ ...html, body: made(html.body) }));
  await page.addInitScript(() => {
    window.seen = { shift: 0, longest: 0, paint: 0 };
    new PerformanceObserver((list) => list.getEntries().forEach(({ value, hadRecentInput }) => (window.seen.shift += hadRecentInput ? 0 : value))).observe({ type: "layout-shift", buffered: true });
    new PerformanceObserver((list) => list.getEntries().forEach(({ duration }) => (window.seen.longest = Math.max(window.seen.longest, duration)))).observe({ type: "longtask", buffered: true });
    new PerformanceObserver((list) => list.getEntries().forEach(({ name, startTime }) => name === "first-contentful-paint" && (window.seen.paint = startTime))).observe({ type: "paint", buffered: true });
  });
  for (const domain of ["Network", "Performance"]) await client.send(`${domain}.enable`);
  await client.send("Emulation.setCPUThrottlingRate", { rate: SLOWER });
  let bytes = 0;
  let requests = 0;
  client.on("Network.loadingFinished", ({ encodedDataLength }) => {
    bytes += encodedDataLength;
    requests += 1;
  });
  await page.goto(`${server.url}/demo`, { waitUntil: "networkidle" });
  if (opens) {
    await page.getByRole("button", { name: "Open chat" }).click();
    await page.getByRole("dialog").getByText("Runs on Deskbell").waitFor();
    await page.waitForLoadState("networkidle");
  }
  // Two frames later everything that the load brought has been laid out and painted.
  await page.evaluate(() => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))));
  const { metrics } = await client.send("Performance.getMetrics");
  const of = (name) => metrics.find((metric) => metric.name === name).value;
  const seen = await page.evaluate(() => window.seen);
  await context.close();
  return { ...seen, requests, bytes, tasks: of("TaskDuration"), script: of("ScriptDuration"), layout: of("LayoutDuration") + of("RecalcStyleDuration"), heap: of("JSHeapUsedSize") };
}

const median = (values) => values.toSorted((a, b) => a - b)[Math.floor(values.length / 2)];
const written = (value) => (value >= 100 || Number.isInteger(value) ? Math.round(value).toLocaleString("en") : value.toFixed(value < 1 ? 3 : 1));

const server = await Server.start();
const browser = await launch();
const answer = await (await browser.newContext()).request.get(`${server.url}/demo`);
const { "content-security-policy": policy } = answer.headers();
const html = { body: await answer.text(), headers: { "content-type": "text/html; charset=utf-8", "content-security-policy": policy } };
const runs = Object.fromEntries(Object.keys(VARIANTS).map((name) => [name, []]));
for (let round = 0; round <= ROUNDS; round += 1) {
  for (const [name, variant] of Object.entries(VARIANTS)) {
    const run = await measure(browser, server, html, variant);
    // The first round warms up whatever wants warming.
    if (round) runs[name].push(run);
  }
}
await quit();
await server.remove();
console.log(`Medians of ${ROUNDS} loads each, in turns, processor slowed down ${SLOWER} times, nothing cached.\n`);
console.log(`| | ${Object.keys(VARIANTS).join(" | ")} |\n| --- | ${Object.keys(VARIANTS).map(() => "---:").join(" | ")} |`);
for (const [what, of] of Object.entries(ROWS)) console.log(`| ${what} | ${Object.values(runs).map((all) => written(median(all.map(of)))).join(" | ")} |`);
