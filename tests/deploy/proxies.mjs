// The real proxies with the very files of deploy/, on free ports of this machine. What differs from
// production is replaced here and nowhere else: ports, the certificate, and where Caddy keeps its own
// things. A recipe that no longer has what is to be replaced fails.

import { execFileSync, spawn } from "node:child_process";
import { createHash, X509Certificate } from "node:crypto";
import { mkdir, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import net from "node:net";
import { networkInterfaces, tmpdir } from "node:os";
import { join, resolve } from "node:path";

const RECIPES = resolve(import.meta.dirname, "../../deploy");
const READY_MS = 20_000;
const STOP_MS = 10_000;

/** The host of the recipes. */
export const HOST = "chat.example.com";

/** Whether this machine can talk to itself by IPv6; some containers cannot. */
export const IPV6 = Object.values(networkInterfaces()).flat().some(({ address }) => address === "::1");

/** A folder with a certificate for the host and this machine's addresses, made by openssl. */
export async function makeCertificate() {
  const folder = await mkdtemp(join(tmpdir(), "deskbell-deploy-"));
  const [cert, key] = [join(folder, "cert.pem"), join(folder, "key.pem")];
  const names = `subjectAltName=DNS:${HOST},DNS:localhost,IP:127.0.0.1,IP:::1`;
  const kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2"];
  execFileSync("openssl", ["req", "-x509", ...kind, "-subj", `/CN=${HOST}`, "-addext", names, "-keyout", key, "-out", cert], { stdio: "pipe" });
  const pem = await readFile(cert, "utf8");
  const spki = new X509Certificate(pem).publicKey.export({ type: "spki", format: "der" });
  return { folder, cert, key, pem, pin: createHash("sha256").update(spki).digest("base64") };
}

/** Replaces each text, which has to be there. */
function replaced(recipe, pairs) {
  return pairs.reduce((text, [from, to]) => {
    if (!text.includes(from)) throw new Error(`the recipe no longer says ${JSON.stringify(from)}`);
    return text.replaceAll(from, to);
  }, recipe);
}

/** `cdn`: a network whose X-Forwarded-For the proxy believes, as the recipe's comment says. */
export async function caddy({ ports, upstream, certificate, cdn }) {
  const home = await mkdtemp(join(tmpdir(), "deskbell-caddy-"));
  const recipe = await readFile(join(RECIPES, "Caddyfile"), "utf8");
  const options = `{\n\thttp_port ${ports.http}\n\thttps_port ${ports.https}\n\tadmin 127.0.0.1:${ports.admin}\n\tskip_install_trust\n}\n`;
  const pairs = [["# tls /etc/deskbell/tls/cert.pem /etc/deskbell/tls/key.pem", `tls ${certificate.cert} ${certificate.key}`]];
  if (cdn) pairs.push(["# trusted_proxies 192.0.2.0/24 2001:db8::/32", `trusted_proxies ${cdn}`]);
  const file = join(home, "Caddyfile");
  await writeFile(file, options + replaced(recipe, pairs));
  const env = { ...process.env, HOME: home, XDG_DATA_HOME: home, XDG_CONFIG_HOME: home, DESKBELL_UPSTREAM: upstream };
  execFileSync("caddy", ["validate", "--config", file, "--adapter", "caddyfile"], { env, stdio: "pipe" });
  return Proxy.run("caddy", ["run", "--config", file, "--adapter", "caddyfile"], { env, home, ports });
}

export async function nginx({ ports, upstream, certificate, cdn }) {
  const home = await mkdtemp(join(tmpdir(), "deskbell-nginx-"));
  const recipe = await readFile(join(RECIPES, "nginx.conf"), "utf8");
  const pairs = [
    ["listen 80;", `listen 127.0.0.1:${ports.http};`],
    ["listen [::]:80;", IPV6 ? `listen [::1]:${ports.http};` : ""],
    ["listen 443 ssl http2;", `listen 127.0.0.1:${ports.https} ssl http2;`],
    ["listen [::]:443 ssl http2;", IPV6 ? `listen [::1]:${ports.https} ssl http2;` : ""],
    ["/etc/letsencrypt/live/chat.example.com/fullchain.pem", certificate.cert],
    ["/etc/letsencrypt/live/chat.example.com/privkey.pem", certificate.key],
    ["http://127.0.0.1:8080", `http://${upstream}`],
  ];
  if (cdn) {
    pairs.push(["# set_real_ip_from 192.0.2.0/24;", `set_real_ip_from ${cdn};`]);
    pairs.push(["# real_ip_header X-Forwarded-For;", "real_ip_header X-Forwarded-For;"]);
    pairs.push(["# real_ip_recursive on;", "real_ip_recursive on;"]);
  }
  await writeFile(join(home, "deskbell.conf"), replaced(recipe, pairs));
  // Debian's nginx.conf around it, as small as can be, with folders of its own.
  const temporary = ["client_body", "proxy", "fastcgi", "uwsgi", "scgi"].map((kind) => `${kind}_temp_path ${home}/${kind};`);
  const main = ["daemon off;", `pid ${home}/pid;`, `error_log ${home}/error.log;`, "events {}", "http {",
    "include /etc/nginx/mime.types;", `access_log ${home}/access.log;`, ...temporary, `include ${home}/deskbell.conf;`, "}"];
  // The workers have to be able to enter when root starts them.
  if (process.getuid() === 0) main.unshift("user root;");
  const file = join(home, "nginx.conf");
  await mkdir(join(home, "proxy"), { recursive: true });
  await writeFile(file, main.join("\n"));
  const flags = ["-p", home, "-e", join(home, "error.log"), "-c", file];
  execFileSync("nginx", ["-t", ...flags], { stdio: "pipe" });
  return Proxy.run("nginx", flags, { env: process.env, home, ports });
}

class Proxy {
  #child;
  #home;
  #log = [];
  ports;

  static async run(command, flags, { env, home, ports }) {
    const proxy = new Proxy();
    Object.assign(proxy, { ports });
    proxy.#home = home;
    proxy.#child = spawn(command, flags, { env, stdio: ["ignore", "pipe", "pipe"] });
    for (const stream of [proxy.#child.stdout, proxy.#child.stderr]) stream.on("data", (piece) => proxy.#log.push(piece));
    proxy.ended = new Promise((done) => proxy.#child.once("exit", done));
    await accepts(ports.https, proxy.ended, () => proxy.log);
    return proxy;
  }

  get log() {
    return Buffer.concat(this.#log).toString();
  }

  async stop() {
    this.#child.kill("SIGTERM");
    const timer = setTimeout(() => this.#child.kill("SIGKILL"), STOP_MS);
    await this.ended;
    clearTimeout(timer);
    await rm(this.#home, { recursive: true, force: true });
  }
}

/** Until somebody accepts on this port; fails if the process ends first or the time is over. */
async function accepts(port, ended, log) {
  const end = Date.now() + READY_MS;
  let over = false;
  ended.then(() => (over = true));
  for (;;) {
    const open = await new Promise((done) => {
      const socket = net.connect(port, "127.0.0.1", () => done(true));
      socket.once("error", () => done(false));
      socket.once("connect", () => socket.destroy());
    });
    if (open) return;
    if (over || Date.now() > end) throw new Error(`the proxy does not listen on ${port}:\n${log()}`);
    await new Promise((done) => setImmediate(done));
  }
}
