// A real Deskbell process on a free port with a data folder of its own.

import { execFile, spawn } from "node:child_process";
import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join, resolve } from "node:path";
import { promisify } from "node:util";

const BINARY = process.env.DESKBELL_BIN ?? resolve(import.meta.dirname, "../../../target/debug/deskbell");
const READY_MS = 30_000;
const STOP_MS = 12_000;

export const OWNER = { email: "lena@shop.example", password: "correct horse battery", site: "Shop" };

// One address plays every visitor and agent here, so the limits of one address are raised.
const LIMITS = {
  frames_per_second: 1000,
  frames_burst: 2000,
  sends_per_minute: 60_000,
  sends_burst: 5000,
  sends_per_minute_per_address: 60_000,
  hellos_per_minute_per_address: 60_000,
  emails_per_hour_per_address: 60_000,
  connections_per_address: 1000,
  logins_per_minute_per_address: 1000,
  logins_per_hour_per_account: 1000,
};

export class Server {
  #data;
  #process;
  #port;
  #publicUrl;
  #flags;
  #log = [];
  #waiting = new Set();

  /**
   * `setUp: false` leaves the folder empty: the server then prints its set-up link. `site`: flags of `site set`.
   * `settings`: lines of `deskbell.toml`. `flags`: more of `serve`. `limits`: other ones than the tests' own.
   */
  static async start({ setUp = true, publicUrl, origin, site, settings = [], flags = [], limits: other = {} } = {}) {
    const server = new Server();
    server.#data = await mkdtemp(join(tmpdir(), "deskbell-browser-"));
    server.#port = await freePort();
    server.#publicUrl = publicUrl ?? `http://127.0.0.1:${server.#port}`;
    server.#flags = flags;
    const limits = Object.entries({ ...LIMITS, ...other }).map(([key, value]) => `${key} = ${value}`);
    await writeFile(join(server.#data, "deskbell.toml"), [...settings, "[limits]", ...limits, ""].join("\n"));
    if (setUp) server.ids = await server.#bootstrap(origin ?? server.#publicUrl);
    if (site) await promisify(execFile)(BINARY, ["site", "set", "--site", OWNER.site, ...site, "--data", server.#data]);
    await server.start();
    return server;
  }

  /** Where browsers find it. */
  get url() {
    return this.#publicUrl;
  }

  /** Its data folder. */
  get folder() {
    return this.#data;
  }

  get port() {
    return this.#port;
  }

  get log() {
    return this.#log.join("\n");
  }

  async #bootstrap(origin) {
    const { email, password, site } = OWNER;
    const flags = ["--owner-email", email, "--owner-password", password, "--site", site, "--origin", origin];
    const { stdout } = await promisify(execFile)(BINARY, ["bootstrap", ...flags, "--data", this.#data]);
    // Agents take by hand, so that a story says who has which chat.
    const rules = ["queue", "set", "--queue", "Support", "--policy", "manual", "--answer-timeout", "0"];
    await promisify(execFile)(BINARY, [...rules, "--data", this.#data]);
    return JSON.parse(stdout);
  }

  /** Another command on the same data, as an operator gives it; what it printed. */
  async runs(...command) {
    const { stdout } = await promisify(execFile)(BINARY, [...command, "--data", this.#data]);
    return stdout;
  }

  async start() {
    const flags = ["--listen", `127.0.0.1:${this.#port}`, "--public-url", this.#publicUrl, "--data", this.#data, ...this.#flags];
    const child = spawn(BINARY, ["serve", ...flags], { stdio: ["ignore", "pipe", "pipe"] });
    this.#process = child;
    this.#log.length = 0;
    child.ended = new Promise((done) => child.once("exit", (code, signal) => done({ code, signal })));
    child.once("error", (error) => this.#said(String(error)));
    for (const stream of [child.stdout, child.stderr]) {
      let rest = "";
      stream.setEncoding("utf8").on("data", (piece) => {
        const lines = (rest + piece).split("\n");
        rest = lines.pop();
        lines.forEach((line) => this.#said(line));
      });
    }
    await Promise.race([
      this.says(/listening on http/, READY_MS),
      child.ended.then(({ code }) => Promise.reject(new Error(`the server ended with ${code}:\n${this.log}`))),
    ]);
  }

  #said(line) {
    this.#log.push(line);
    for (const listener of this.#waiting) listener(line);
  }

  /** The first line of its output that matches, said already or within the time. */
  says(pattern, ms = READY_MS) {
    const said = this.#log.find((line) => pattern.test(line));
    if (said) return Promise.resolve(said);
    return new Promise((done, fail) => {
      const listener = (line) => {
        if (!pattern.test(line)) return;
        this.#waiting.delete(listener);
        done(line);
      };
      this.#waiting.add(listener);
      AbortSignal.timeout(ms).onabort = () => {
        if (this.#waiting.delete(listener)) fail(new Error(`the server did not say ${pattern}:\n${this.log}`));
      };
    });
  }

  /** The one-time link that `serve` prints on an empty data folder, as a path. */
  async setUpLink() {
    const line = await this.says(/\/setup\/\S+/);
    return new URL(line.match(/https?:\/\/\S+\/setup\/[^\s"]+/)[0]).pathname;
  }

  /** As an operator stops it. */
  async stop() {
    if (!this.#process || this.#process.exitCode !== null || this.#process.signalCode) return;
    const child = this.#process;
    child.kill("SIGTERM");
    AbortSignal.timeout(STOP_MS).onabort = () => child.exitCode ?? child.kill("SIGKILL");
    const { signal } = await child.ended;
    if (signal === "SIGKILL") throw new Error(`the server did not stop within ${STOP_MS} ms of SIGTERM:\n${this.log}`);
  }

  /** As a power cut stops it. */
  async kill() {
    this.#process.kill("SIGKILL");
    await this.#process.ended;
  }

  async remove() {
    try {
      await this.stop();
    } finally {
      await rm(this.#data, { recursive: true, force: true });
    }
  }
}

export async function freePort() {
  const probe = createServer();
  await new Promise((done) => probe.listen(0, "127.0.0.1", done));
  const { port } = probe.address();
  await new Promise((done) => probe.close(done));
  return port;
}
