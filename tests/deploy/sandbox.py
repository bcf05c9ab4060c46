"""Runs Deskbell as a hardened service or container would: a root that is read-only, one folder and /tmp
that can be written, no capabilities, no environment but the given one. bubblewrap does it."""
import atexit
import json
import os
import signal
import subprocess
import sys

# Whom the program runs as where root runs the tests: SQLite does more where it is root.
SOMEBODY = 64001
STOP_S = 10


def start(command, binary, folders, files, variables, chdir):
    """The child and the process id of the program. `folders` can be written, `files` be read: by the
    path inside, the path outside."""
    links = [part for name in ("bin", "lib", "lib64") for part in ("--symlink", f"usr/{name}", f"/{name}")]
    binds = [part for inside, outside in folders.items() for part in ("--bind", str(outside), inside)]
    binds += [part for inside, outside in files.items() for part in ("--ro-bind", str(outside), inside)]
    paths = ["--ro-bind", "/usr", "/usr", "--tmpfs", "/usr/local", "--ro-bind", str(binary), "/usr/local/bin/deskbell", *links,
             "--dev", "/dev", "--proc", "/proc", "--tmpfs", "/tmp", *binds, "--remount-ro", "/usr/local", "--remount-ro", "/"]
    rights = ["--unshare-user", "--unshare-ipc", "--unshare-uts", "--cap-drop", "ALL", "--uid", str(SOMEBODY), "--gid", str(SOMEBODY)]
    environment = [part for name, value in variables.items() for part in ("--setenv", name, value)]
    reader, writer = os.pipe()
    sandbox = ["bwrap", *rights, "--die-with-parent", *paths, "--clearenv", *environment, "--chdir", chdir, "--info-fd", str(writer)]
    child = subprocess.Popen([*sandbox, "--", *command], stdout=subprocess.PIPE, stderr=subprocess.STDOUT, text=True, pass_fds=[writer])
    os.close(writer)
    with os.fdopen(reader) as info:
        told = info.read()
    if not told:
        out, _ = child.communicate()
        sys.exit(f"the sandbox does not start; user namespaces have to be allowed here:\n{out}")
    pid = json.loads(told)["child-pid"]
    atexit.register(end, child, pid)
    return child, pid


def end(child, pid):
    """Kills what still runs: first the program, since a sandbox may outlive being killed itself."""
    if child.poll() is None:
        os.kill(pid, signal.SIGKILL)
        child.wait(STOP_S)


def handed_over(folder):
    """Gives a folder away where root runs this; tells whether it did."""
    if os.geteuid() != 0:
        return False
    for path in [folder, *folder.rglob("*")]:
        os.chown(path, SOMEBODY, SOMEBODY)
    return True
