#!/usr/bin/env python3
"""docker-compose.yml without a container engine: its properties, and its services as processes.

  compose.py BINARY

The services that start without a profile are run with their environment, their health checks and their
order: PostgreSQL of this machine, Deskbell in a sandbox at the paths of the image, Caddy with its file.
What a container engine would do is done here: names of services become ports of this machine, volumes
and secrets become files, and Caddy gets a certificate of our own, since nobody outside can reach it.
Then somebody sets the desk up by the link in the log, and a visitor and an agent talk.
"""
import json
import os
import pathlib
import re
import shutil
import signal
import subprocess
import sys
import tempfile
import threading
import time

import yaml

import image
import sandbox
from talk import Browser, free_port

ROOT = image.ROOT
HEALTHY_S = 60
STOP_S = 30
HOST = "chat.example.com"
# Containers that may be root, and what is left of root's rights then.
ROOTS = {"proxy": ["NET_BIND_SERVICE"]}
SECRET = re.compile(r"pass(word)?|secret|token|key|://[^/\s]*:[^/\s]*@", re.I)


def say(text):
    print(f"-- {text}", flush=True)


def properties(file):
    """What docs/production.md says of every container."""
    services = file["services"]
    for name, service in services.items():
        assert service["read_only"] is True, f"{name} can write to its root"
        assert service["cap_drop"] == ["ALL"], f"{name} keeps capabilities"
        assert service.get("cap_add", []) == ROOTS.get(name, []), f"{name} adds capabilities"
        assert service["security_opt"] == ["no-new-privileges:true"], name
        assert service["healthcheck"]["test"][0] == "CMD", f"{name} has no health check"
        assert service["restart"] == "unless-stopped", name
        if name not in ROOTS:
            assert re.fullmatch(r"[1-9]\d*:[1-9]\d*", service["user"]), f"{name} is root"
        tagged = "build" in service or re.search(r":[\w.-]*\d", service["image"])
        assert tagged, f"{name}: an image without a version"
        for volume in service.get("volumes", []):
            source, _, *mode = volume.split(":")
            assert source in file["volumes"] or (mode == ["ro"] and (ROOT / source).is_file()), f"{name}: {volume}"
        for key, value in service.get("environment", {}).items():
            secret = SECRET.search(f"{key}={value}")
            assert not secret or (key.endswith("_FILE") and value.startswith("/run/secrets/")), f"{name}: {key} in the file"
        for secret in service.get("secrets", []):
            assert set(file["secrets"][secret]) == {"file"}, secret
    ignored = (ROOT / ".gitignore").read_text().splitlines()
    for secret in file["secrets"].values():
        assert secret["file"].startswith("./secrets/") and "/secrets" in ignored and "/.env" in ignored
    assert file["networks"]["database"] == {"internal": True}, "the database has a way out"
    assert {name for name, service in services.items() if "database" in service["networks"]} == {"deskbell", "postgres"}
    subnet = file["networks"]["front"]["ipam"]["config"][0]
    proxy = services["proxy"]["networks"]["front"]["ipv4_address"]
    assert services["deskbell"]["environment"]["DESKBELL_TRUSTED_PROXY"] == proxy, "just the proxy is believed"
    assert proxy.startswith(subnet["subnet"].rsplit(".", 1)[0] + ".") and int(proxy.rsplit(".", 1)[1]) < 128
    published = {name for name, service in services.items() for port in service.get("ports", []) if not port.startswith("127.0.0.1:")}
    assert published == {"proxy"}, published
    runtime = image.stages()[-1]
    deskbell = services["deskbell"]
    assert deskbell["user"] == image.one(runtime, "USER") and deskbell["volumes"] == [f"data:{image.one(runtime, 'VOLUME')}"]
    assert float(deskbell["stop_grace_period"].rstrip("s")) > sandbox.STOP_S
    say(f"docker-compose.yml: {len(services)} services, each with a health check, a read-only root and no rights that it does not need")


def documented():
    """The block of docs/production.md that makes .env and the secrets."""
    text = (ROOT / "docs/production.md").read_text()
    return re.search(r"compose\.py runs this block\. -->\n```sh\n(.*?)```", text, re.S)[1]


def in_order(services):
    """Services without a profile, each after those that it depends on."""
    left = {name: service for name, service in services.items() if "profiles" not in service}
    while left:
        ready = [name for name, service in left.items() if not set(service.get("depends_on", {})) & set(left)]
        assert ready, f"a circle: {list(left)}"
        for name in ready:
            assert all(of["condition"] == "service_healthy" for of in left[name].get("depends_on", {}).values())
            yield name, left.pop(name)


class Topology:
    def __init__(self, folder, binary, file):
        self.folder, self.binary, self.file = folder, binary, file
        self.ports = {name: free_port() for name in ("deskbell", "postgres", "https", "http", "admin")}
        self.children = []
        self.server = None
        self.logs = {}
        self.heard = threading.Condition()
        subprocess.run(["bash", "-euc", documented()], cwd=folder, check=True)
        self.variables = dict(line.split("=", 1) for line in (folder / ".env").read_text().split())

    def environment(self, service):
        """As compose makes it: ${NAME:?…} from .env; then names of services as addresses here."""
        made = {}
        for key, value in service.get("environment", {}).items():
            value = re.sub(r"\$\{(\w+):\?[^}]*\}", lambda found: self.variables[found[1]], str(value))
            made[key] = self.here(value)
        return made

    def here(self, text):
        text = text.replace("deskbell:8080", f"127.0.0.1:{self.ports['deskbell']}")
        text = text.replace("@postgres/", f"@127.0.0.1:{self.ports['postgres']}/")
        proxy = self.file["services"]["proxy"]["networks"]["front"]["ipv4_address"]
        return text.replace(proxy, "127.0.0.1").replace("0.0.0.0:8080", f"127.0.0.1:{self.ports['deskbell']}")

    def secret(self, path):
        """Where the secret is that the container finds at this path."""
        name = path.removeprefix("/run/secrets/")
        return self.folder / self.file["secrets"][name]["file"]

    def keeps(self, name, child):
        """Collects what a service says, so that it never waits for a reader."""
        self.children.append(child)
        self.logs[name] = []

        def listens():
            for line in child.stdout:
                with self.heard:
                    self.logs[name].append(line)
                    self.heard.notify_all()

        threading.Thread(target=listens, daemon=True).start()

    def becomes_healthy(self, name, command, environment):
        end = time.monotonic() + HEALTHY_S
        child = self.children[-1]
        while subprocess.run(command, capture_output=True, env=environment).returncode != 0:
            assert child.poll() is None and time.monotonic() < end, f"{name} is not healthy:\n{''.join(self.logs[name])}"
        say(f"{name} is healthy, as its own check says")

    def postgres(self, service):
        found = sorted(pathlib.Path("/usr/lib/postgresql").glob("*/bin"), key=lambda path: float(path.parent.name))
        assert found, "PostgreSQL is missing"
        home, bin = self.folder / "postgres", found[-1]
        home.mkdir()
        made = self.environment(service)
        password = home / "password"
        shutil.copy(self.secret(made["POSTGRES_PASSWORD_FILE"]), password)
        somebody = []
        if os.geteuid() == 0:
            somebody = ["runuser", "-u", "postgres", "--"]
            for path in (home, password):
                shutil.chown(path, "postgres", "postgres")
        initdb = ["-D", str(home / "data"), "-U", made["POSTGRES_USER"], f"--pwfile={password}", *made["POSTGRES_INITDB_ARGS"].split()]
        subprocess.run([*somebody, str(bin / "initdb"), *initdb, "--auth=scram-sha-256"], check=True, capture_output=True, cwd="/")
        flags = ["-D", str(home / "data"), "-p", str(self.ports["postgres"]), "-c", "listen_addresses=127.0.0.1", "-c", f"unix_socket_directories={home}"]
        self.keeps("postgres", subprocess.Popen([*somebody, str(bin / "postgres"), *flags], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, cwd="/"))
        self.sql = {**os.environ, "PGPORT": str(self.ports["postgres"]), "PGHOST": "127.0.0.1", "PGUSER": made["POSTGRES_USER"], "PGPASSWORD": password.read_text().strip()}
        check = service["healthcheck"]["test"][1:]
        self.becomes_healthy("postgres", [str(bin / check[0]), *check[1:]], self.sql)
        # The image makes it; so do we.
        subprocess.run(["createdb", made["POSTGRES_DB"]], check=True, env=self.sql)

    def deskbell(self, service):
        made = {**{key: self.here(value) for key, value in image.environment().items()}, **self.environment(service)}
        filed = made["DESKBELL_DATABASE_FILE"]
        secret = self.folder / "database"
        secret.write_text(self.here(self.secret(filed).read_text()))
        data = self.folder / "data"
        data.mkdir()
        inside = image.one(image.stages()[-1], "WORKDIR")
        command = [f"/usr/local/bin/{image.command()[0]}", *image.command()[1:]]
        self.server = sandbox.start(command, self.binary, {inside: data}, {filed: secret}, made, inside)
        self.keeps("deskbell", self.server[0])
        check = service["healthcheck"]["test"][1:]
        assert check == json.loads(re.search(r"CMD (\[.*\])", image.one(image.stages()[-1], "HEALTHCHECK"))[1])
        self.becomes_healthy("deskbell", [str(self.binary), *check[1:]], {**made, "DESKBELL_DATABASE_FILE": str(secret)})

    def proxy(self, service):
        home = self.folder / "caddy"
        home.mkdir()
        key, cert = home / "key.pem", home / "cert.pem"
        kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "2", "-subj", f"/CN={HOST}"]
        subprocess.run(["openssl", "req", "-x509", *kind, "-addext", f"subjectAltName=DNS:{HOST}", "-keyout", key, "-out", cert], check=True, capture_output=True)
        mounted = [volume.split(":")[0] for volume in service["volumes"] if volume.endswith(":/etc/caddy/Caddyfile:ro")]
        recipe, wanted = (ROOT / mounted[0]).read_text(), "# tls /etc/deskbell/tls/cert.pem /etc/deskbell/tls/key.pem"
        assert wanted in recipe
        options = f"{{\n\thttp_port {self.ports['http']}\n\thttps_port {self.ports['https']}\n\tadmin 127.0.0.1:{self.ports['admin']}\n}}\n"
        file = home / "Caddyfile"
        file.write_text(options + recipe.replace(wanted, f"tls {cert} {key}"))
        made = {"PATH": os.environ["PATH"], "HOME": str(home), "XDG_DATA_HOME": str(home), "XDG_CONFIG_HOME": str(home), **self.environment(service)}
        command = ["caddy", "run", "--config", str(file), "--adapter", "caddyfile"]
        self.keeps("proxy", subprocess.Popen(command, stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=made))
        check = [part.replace("127.0.0.1:2019", f"127.0.0.1:{self.ports['admin']}") for part in service["healthcheck"]["test"][1:]]
        self.becomes_healthy("proxy", check, made)
        self.certificate = cert

    def stop(self):
        if self.server:
            sandbox.end(*self.server)
        for child in reversed(self.children):
            if child.poll() is None:
                child.send_signal(signal.SIGTERM)
                try:
                    child.wait(STOP_S)
                except subprocess.TimeoutExpired:
                    child.kill()

    def said(self, pattern):
        """What Deskbell printed; it is printed before it is healthy, but may be read a little later."""
        with self.heard:
            said = self.heard.wait_for(lambda: re.search(pattern, "".join(self.logs["deskbell"])), HEALTHY_S)
        assert said, f"Deskbell did not say {pattern}:\n{''.join(self.logs['deskbell'])}"
        return said[1]


def they_talk(topology):
    """The desk is set up by the link; a visitor writes, an agent answers; PostgreSQL has both."""
    link = topology.said(rf"set up your desk: https://{HOST}(/setup/\S+)")
    owner = Browser(HOST, topology.ports["https"], topology.certificate)
    site = owner.sets_up(link)
    visitor = Browser(HOST, topology.ports["https"], topology.certificate)
    visitor.writes(site, "Where is order 1042?")
    owner.answers("Where is order 1042?", "It left us this morning.")
    visitor.reads(site, "It left us this morning.")
    query = "SELECT count(*) FROM messages WHERE kind = 'text'"
    count = subprocess.run(["psql", "-At", "-d", "deskbell", "-c", query], check=True, capture_output=True, text=True, env=topology.sql).stdout
    assert count.strip() == "2", f"PostgreSQL has {count} messages"
    say("a visitor and an agent talked through Caddy, and PostgreSQL has both messages")


def stops_cleanly(topology):
    child, pid = topology.server
    os.kill(pid, signal.SIGTERM)
    assert child.wait(sandbox.STOP_S) == 0, "".join(topology.logs["deskbell"])
    files = sorted(str(path.relative_to(topology.folder)) for path in (topology.folder / "data").rglob("*"))
    say(f"Deskbell stopped with 0 within its time; its volume holds {files or 'nothing: all is in PostgreSQL'}")


def main():
    binary = pathlib.Path(sys.argv[1]).resolve()
    file = yaml.safe_load((ROOT / "docker-compose.yml").read_text())
    properties(file)
    with tempfile.TemporaryDirectory(prefix="deskbell-compose-") as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        topology = Topology(folder, binary, file)
        try:
            for service, described in in_order(file["services"]):
                getattr(topology, service)(described)
            they_talk(topology)
            stops_cleanly(topology)
        finally:
            topology.stop()
    say("the profiles nats and mail were looked at and not started: Deskbell does not use them yet")


main()
