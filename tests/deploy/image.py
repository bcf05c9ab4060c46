#!/usr/bin/env python3
"""The Dockerfile, as far as it can be tried without a container engine.

  image.py context FOLDER     copies what .dockerignore lets through, as the build stage gets it
  image.py check BINARY       checks the instructions, and that the runtime stage has what BINARY needs
"""
import json
import pathlib
import re
import shlex
import shutil
import subprocess
import sys

ROOT = pathlib.Path(__file__).resolve().parents[2]
# Packages that every Debian has, the slim image too.
BASE = {"libc6", "libgcc-s1"}


def instructions():
    """Pairs of name and text, lines joined, comments gone."""
    text = re.sub(r"(?m)^\s*#.*\n", "", (ROOT / "Dockerfile").read_text()).replace("\\\n", " ")
    return [tuple(line.split(None, 1)) for line in text.splitlines() if line.strip()]


def stages():
    """The instructions of each stage, by its name or number."""
    found = []
    for name, text in instructions():
        if name == "FROM":
            found.append([])
        found[-1].append((name, text))
    return found


def one(stage, wanted):
    texts = [text for name, text in stage if name == wanted]
    assert len(texts) == 1, f"{wanted} stands {len(texts)} times in a stage"
    return texts[0]


def environment():
    return dict(pair.split("=", 1) for pair in shlex.split(one(stages()[-1], "ENV")))


def command():
    """What a container runs if nobody says otherwise."""
    return [*json.loads(one(stages()[-1], "ENTRYPOINT")), *json.loads(one(stages()[-1], "CMD"))]


def context(folder):
    """Everything is left out but what is named; so says the file's first pattern."""
    lines = [line for line in (ROOT / ".dockerignore").read_text().splitlines() if line and not line.startswith("#")]
    assert lines[0] == "*" and all(line.startswith("!") and "*" not in line for line in lines[1:]), lines
    for name in (line[1:] for line in lines[1:]):
        source, target = ROOT / name, folder / name
        target.parent.mkdir(parents=True, exist_ok=True)
        if source.is_dir():
            shutil.copytree(source, target, symlinks=True)
        else:
            shutil.copy2(source, target)
    secret = [path for path in folder.rglob("*") if path.name in (".env", ".git", "secrets", "data", "node_modules")]
    assert not secret, f"in the context: {secret}"


def check(binary):
    build, runtime = stages()
    version = re.search(r'channel = "(\d+\.\d+)', (ROOT / "rust-toolchain.toml").read_text())[1]
    assert re.fullmatch(rf"rust:{re.escape(version)}-slim-(\w+) AS build", one(build, "FROM")), "the toolchain's version"
    debian = re.search(r"slim-(\w+)", one(build, "FROM"))[1]
    assert one(runtime, "FROM") == f"debian:{debian}-slim", "both stages are of one Debian, so of one libc"
    # `build_server` of tests/setup/steps.sh runs the same with --locked, from the same files.
    assert one(build, "RUN") == "cargo build --locked --release --bin deskbell"
    copied = one(runtime, "COPY").split()
    assert copied == ["--from=build", "/src/target/release/deskbell", "/usr/local/bin/deskbell"], copied
    user = one(runtime, "USER")
    assert re.fullmatch(r"[1-9]\d{3,}:[1-9]\d{3,}", user), f"a user by number, and not root: {user}"
    folder = environment()["DESKBELL_DATA"]
    assert one(runtime, "VOLUME") == one(runtime, "WORKDIR") == folder
    made = [text for name, text in runtime if name == "RUN" and text.startswith("install ")]
    owner, group = user.split(":")
    assert made == [f"install --directory --owner={owner} --group={group} --mode=0700 {folder}"], made
    asked = json.loads(re.search(r"CMD (\[.*\])", one(runtime, "HEALTHCHECK"))[1])
    known = subprocess.run([binary, "--help"], check=True, text=True, capture_output=True).stdout
    for word in (asked[1], command()[1]):
        assert re.search(rf"(?m)^  {word} ", known), f"deskbell has no command {word}"
    libraries = re.findall(r"=> (/\S+)", subprocess.run(["ldd", binary], check=True, text=True, capture_output=True).stdout)
    assert libraries, "ldd names no library"
    for library in libraries:
        # Where /lib is a link, dpkg may know the file by the other name only.
        names = [library, library.removeprefix("/usr"), f"/usr{library}"]
        owners = subprocess.run(["dpkg", "-S", *names], text=True, capture_output=True).stdout
        packages = {line.split(":")[0] for line in owners.splitlines()}
        assert packages and packages <= BASE, f"{library} is of {packages or 'nobody'}, not of {BASE}"
    print(f"-- Dockerfile: its instructions hold; the program needs {', '.join(pathlib.Path(name).name for name in libraries)}, which the runtime has")


if __name__ == "__main__":
    {"context": lambda: context(pathlib.Path(sys.argv[2])), "check": lambda: check(sys.argv[2])}[sys.argv[1]]()
