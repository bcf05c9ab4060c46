#!/usr/bin/env python3
"""The systemd unit of deploy/, as far as it can be tried without systemd as the first process.

  unit.py BINARY

The commands of docs/production.md install it below a folder. systemd itself reads the unit and reckons
how exposed it leaves the machine. Then its ExecStart is run in a sandbox of the same kind (bubblewrap:
nothing can be written but the state folder and /tmp, no capabilities, a user of its own), behind a proxy
and with HTTPS of its own, and once more under strace: every system call has to be one that the unit's
filter lets through, and every file that is opened for writing has to lie in the state folder.
"""
import configparser
import json
import os
import pathlib
import re
import shlex
import shutil
import signal
import socket
import ssl
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request

import sandbox

ROOT = pathlib.Path(__file__).resolve().parents[2]
DOCUMENTS = ROOT / "docs/production.md"
# Where the documents' commands put the unit, its addition for HTTPS, and the settings.
UNIT = "etc/systemd/system/deskbell.service"
HTTPS = "etc/systemd/system/deskbell.service.d/https.conf"
SETTINGS = "etc/deskbell/deskbell.toml"
PROGRAM = "usr/local/bin/deskbell"
# What `systemd-analyze security` may say at most, in tenths: 12 is 1.2, "OK". The network is 0.8 of it.
EXPOSURE = 12
# With a port below 1024 of its own.
EXPOSURE_HTTPS = 16
READY_S = 30
HOST = "chat.example.com"
STATE = "/var/lib/deskbell"


def say(text):
    print(f"-- {text}", flush=True)


def run(*command, **more):
    return subprocess.run(command, check=True, text=True, capture_output=True, **more).stdout


def installed(folder, binary):
    """A root folder after the `install` commands of the documents, with its paths in front of theirs."""
    root = folder / "root"
    for path in ("usr/local/bin", "etc/systemd/system"):
        (root / path).mkdir(parents=True)
    lines = re.findall(r"(?m)^install .*$", DOCUMENTS.read_text().split("## Docker Compose")[0])
    assert len(lines) == 7, lines
    for line in lines:
        line = line.replace("target/release/deskbell", str(binary)).replace(" -g deskbell-tls", "")
        subprocess.run(re.sub(r" /(usr|etc)/", rf" {root}/\1/", line), shell=True, check=True, cwd=ROOT)
    return root


class Unit(configparser.RawConfigParser):
    """The unit's [Service] section; a key that comes twice has all its values, one a line."""

    def __init__(self, text):
        super().__init__(strict=False, comment_prefixes=("#",), dict_type=Values)
        self.optionxform = str
        self.read_string(text)

    def service(self, key):
        return self.get("Service", key)


class Values(dict):
    def __setitem__(self, key, value):
        if isinstance(value, list) and key in self and value:
            value = [*self[key], *value]
        super().__setitem__(key, value)


def systemd_reads_it(folder, root):
    """`verify` finds nothing to say, and the exposure is as low as it was recorded."""
    if not shutil.which("systemd-analyze"):
        sys.exit("systemd-analyze is missing: install systemd")
    text = (root / UNIT).read_text().replace("ExecStart=/", f"ExecStart={root}/")
    filed = re.sub(r"(?m)^# ((?:LoadCredential|Environment)=)", r"\1", text)
    assert filed.count("\n") == text.count("\n") and "\nLoadCredential=" in filed
    for number, (what, text, exposure, drop_in) in enumerate((
        ("as it is", text, EXPOSURE, None),
        ("with a database's address handed over", filed, EXPOSURE, None),
        ("with HTTPS of its own", text, EXPOSURE_HTTPS, root / HTTPS),
    )):
        home = folder / f"units-{number}"
        home.mkdir()
        unit = home / "deskbell.service"
        unit.write_text(text)
        if drop_in:
            (home / "deskbell.service.d").mkdir()
            shutil.copy(drop_in, home / "deskbell.service.d/https.conf")
        environment = {**os.environ, "SYSTEMD_UNIT_PATH": f"{home}:/lib/systemd/system"}
        verified = subprocess.run(["systemd-analyze", "verify", "--man=no", str(unit)], text=True, capture_output=True, env=environment)
        said = verified.stdout + verified.stderr
        assert verified.returncode == 0 and not said.strip(), f"systemd-analyze verify says:\n{said}"
        command = ["systemd-analyze", "security", "--offline=true", "--no-pager", f"--threshold={exposure}", str(unit)]
        told = subprocess.run(command, text=True, capture_output=True, env=environment)
        score = re.search(r"Overall exposure level[^:]*: ([\d.]+)", told.stdout)
        assert score, told.stdout + told.stderr
        assert told.returncode == 0, f"the exposure is {score[1]}, more than {exposure / 10}:\n{told.stdout}"
        say(f"systemd-analyze: nothing to say, exposure {score[1]} (at most {exposure / 10}), {what}")


def allowed_calls(unit):
    """The system calls that the filter's lines let through, in their order, as systemd expands them."""
    sets = {}
    current = None
    for line in run("systemd-analyze", "syscall-filter", "--no-pager").splitlines():
        line = re.sub(r"\x1b\[[\d;]*m", "", line)
        if line.startswith("@"):
            current = sets.setdefault(line.split()[0], set())
        elif current is not None and line.startswith("    ") and not line.strip().startswith("#"):
            current.add(line.strip())

    def expand(name):
        if not name.startswith("@"):
            return {name}
        return set().union(*(expand(part) for part in sets[name]))

    allowed = set()
    for line in unit.service("SystemCallFilter").splitlines():
        names = line.strip().lstrip("~").split()
        calls = set().union(*(expand(name) for name in names))
        allowed = allowed - calls if line.strip().startswith("~") else allowed | calls
    return allowed | expand("@default")


class Desk:
    """A data folder with a desk in it, and the settings file of deploy/ with a free port."""

    def __init__(self, folder, root, https=False):
        self.folder, self.root, self.binary = folder, root, root / PROGRAM
        binary = self.binary
        self.state = folder / "state"
        self.state.mkdir()
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        settings, listen = (root / SETTINGS).read_text(), 'listen = "127.0.0.1:8080"'
        if https:
            # As the comments of the file say: the other `listen`, the two files, and no proxy.
            settings = re.sub(r"(?m)^(listen|trusted_proxy) = .*$", "", settings)
            settings, listen = re.sub(r"(?m)^# (listen|tls_cert|tls_key) = ", r"\1 = ", settings), 'listen = "0.0.0.0:443"'
        assert listen in settings, f"the settings have {listen}"
        settings = settings.replace(listen, f'listen = "127.0.0.1:{self.port}"')
        self.https = ["--tls-cert", "any", "--tls-key", "any"] if https else []
        self.settings = folder / "deskbell.toml"
        self.settings.write_text(settings)
        password = folder / "password"
        password.write_text("correct horse battery\n")
        owner = ["--owner-email", "lena@shop.example", "--owner-password-file", str(password)]
        made = run(str(binary), "bootstrap", *owner, "--site", "Shop", "--origin", "https://shop.example", "--data", str(self.state))
        self.site = json.loads(made)["site_key"]

    def ask(self, path, body=None, **headers):
        url = f"http://127.0.0.1:{self.port}{path}"
        try:
            with urllib.request.urlopen(urllib.request.Request(url, data=body, headers=headers), timeout=10) as answer:
                return answer.status, answer.read().decode()
        except urllib.error.HTTPError as refused:
            return refused.code, refused.read().decode()

    def becomes_ready(self, child):
        end = time.monotonic() + READY_S
        health = [str(self.binary), "health", "--listen", f"127.0.0.1:{self.port}", *self.https]
        while subprocess.run(health, capture_output=True).returncode != 0:
            if child.poll() is not None or time.monotonic() > end:
                child.kill()
                sys.exit(f"it did not become ready:\n{child.communicate()[0]}")

    def is_used(self):
        """Pages, a message that is stored, and an attempt to sign in (a hash)."""
        assert self.ask("/demo")[0] == 200
        token = "A" * 43
        headers = {"Origin": "https://shop.example", "Authorization": f"Bearer {token}", "Content-Type": "application/json"}
        frame = {"type": "send", "id": "01935b3c-7a51-7000-8000-0000000000b1", "text": "from the sandbox"}
        status, answer = self.ask(f"/v1/live/send?site={self.site}", json.dumps(frame).encode(), **headers)
        assert (status, json.loads(answer)["type"]) == (200, "ack"), answer
        status, _ = self.ask("/console/login", b"email=lena%40shop.example&password=not+the+right+one", **{"Content-Type": "application/x-www-form-urlencoded"})
        assert status == 401, status
        assert self.ask("/metrics")[0] == 200


def stops(child, pid):
    """SIGTERM to the program itself; it ends with 0 within its time."""
    os.kill(pid, signal.SIGTERM)
    out, _ = child.communicate(timeout=sandbox.STOP_S)
    assert child.returncode == 0, f"ended with {child.returncode}:\n{out}"


def command_of(unit):
    command = shlex.split(unit.service("ExecStart"))
    assert command[0] == "/usr/local/bin/deskbell"
    return command


def environment_of(unit):
    return dict(pair.split("=", 1) for pair in unit.service("Environment").splitlines())


def in_a_sandbox(unit, desk):
    """ExecStart as it stands, at the paths of the unit, with the unit's environment and nothing else."""
    settings = {"/etc/deskbell/deskbell.toml": desk.settings}
    folder = unit.service("WorkingDirectory")
    child, pid = sandbox.start(command_of(unit), desk.binary, {STATE: desk.state}, settings, environment_of(unit), folder)
    desk.becomes_ready(child)
    desk.is_used()
    stops(child, pid)
    say("ExecStart ran in a sandbox with a read-only root and no capabilities, was used, and stopped by SIGTERM")


def certificate(folder):
    """A fresh certificate and key where the server looks, the key first; the certificate itself."""
    kind = ["-newkey", "ec", "-pkeyopt", "ec_paramgen_curve:prime256v1", "-nodes", "-days", "30", "-subj", f"/CN={HOST}"]
    new = folder / "new.pem"
    run("openssl", "req", "-x509", *kind, "-addext", f"subjectAltName=DNS:{HOST}", "-keyout", str(new), "-out", str(folder / "new-cert.pem"))
    new.rename(folder / "key.pem")
    (folder / "new-cert.pem").rename(folder / "cert.pem")
    return ssl.PEM_cert_to_DER_cert((folder / "cert.pem").read_text())


def with_https_of_its_own(unit, desk):
    """The settings file with the comments taken from what is for HTTPS; ExecReload of the addition."""
    files = desk.folder / "tls"
    files.mkdir()
    first = certificate(files)
    places = {"/etc/deskbell/deskbell.toml": desk.settings, "/etc/deskbell/tls": files}
    child, pid = sandbox.start(command_of(unit), desk.binary, {STATE: desk.state}, places, environment_of(unit), unit.service("WorkingDirectory"))
    desk.becomes_ready(child)

    def shown():
        return ssl.PEM_cert_to_DER_cert(ssl.get_server_certificate(("127.0.0.1", desk.port), timeout=10))

    assert shown() == first
    second = certificate(files)
    reload = shlex.split(Unit((desk.root / HTTPS).read_text()).service("ExecReload").replace("$MAINPID", str(pid)))
    subprocess.run(reload, check=True)
    end = time.monotonic() + READY_S
    while shown() != second:
        assert time.monotonic() < end, "the new certificate is not shown"
    stops(child, pid)
    say("with HTTPS of its own it went over to a renewed certificate at ExecReload")


def under_strace(unit, desk):
    calls, seen, written = allowed_calls(unit), set(), set()
    log = desk.folder / "calls"
    command = [str(desk.binary), *command_of(unit)[1:-1], str(desk.settings)]
    somebody = ["setpriv", "--reuid", str(sandbox.SOMEBODY), "--regid", str(sandbox.SOMEBODY), "--clear-groups", "--"] if sandbox.handed_over(desk.folder) else []
    traced = ["strace", "-f", "-qq", "-s", "0", "-y", "--signal=none", "-o", str(log), *command]
    environment = {"DESKBELL_DATA": str(desk.state)}
    child = subprocess.Popen([*somebody, *traced], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, env=environment, cwd=desk.state)
    desk.becomes_ready(child)
    desk.is_used()
    first = log.read_text().split(None, 1)[0]
    stops(child, int(first))
    for line in log.read_text().splitlines():
        call = re.match(r"\d+\s+(?:<\.\.\. )?(\w+)(?:\(| resumed)", line)
        if not call:
            continue
        seen.add(call[1])
        opened = re.match(r"\d+\s+open(?:at)?\([^\"]*\"", line)
        if opened and re.search(r"O_WRONLY|O_RDWR|O_CREAT", line):
            path = re.search(r"= \d+<([^>]*)>", line)
            written.update([path[1]] if path else [])
    assert len(seen) > 40 and written, f"strace saw {len(seen)} kinds of calls and {len(written)} files"
    # The unit's process begins with execve by systemd itself, and with what this machine's libc does.
    refused = seen - calls
    assert not refused, f"the unit's SystemCallFilter would refuse: {sorted(refused)}"
    elsewhere = {path for path in written if not path.startswith(str(desk.state)) and path != "/dev/null"}
    assert not elsewhere, f"written outside of the state folder: {sorted(elsewhere)}"
    say(f"strace: {len(seen)} kinds of system calls, all within the filter of {len(calls)}; only the state folder was written")


def main():
    binary = pathlib.Path(sys.argv[1]).resolve()
    with tempfile.TemporaryDirectory(prefix="deskbell-unit-") as name:
        folder = pathlib.Path(name)
        folder.chmod(0o755)
        root = installed(folder, binary)
        unit = Unit((root / UNIT).read_text())
        stop = int(unit.service("TimeoutStopSec").removesuffix("s"))
        assert stop > sandbox.STOP_S, f"systemd kills after {stop} s, a stop may take {sandbox.STOP_S} s"
        systemd_reads_it(folder, root)
        for part in (under_strace, in_a_sandbox, with_https_of_its_own):
            place = folder / part.__name__
            place.mkdir()
            part(unit, Desk(place, root, https=part is with_https_of_its_own))


main()
