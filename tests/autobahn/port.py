"""Turns the Autobahn test suite, written for Python 2.7, into a package for Python 3.

    port.py SDIST_TAR_GZ SITE_PACKAGES

The suite keeps octets in `str`. The port keeps that: every octet string becomes a `str` whose
characters are the octets (latin-1), and `latin1.py` beside this file converts at the edge to
the WebSocket library. lib2to3 does the syntax. What is left over is the list EDITS; each must
match, so that another version of the suite stops the port instead of quietly changing the tests.
"""

import pathlib
import re
import shutil
import sys
import tarfile
import warnings

warnings.simplefilter("ignore")
from lib2to3.refactor import RefactoringTool, get_fixers_from_package  # noqa: E402

KEEP = re.compile(r"[^/]+/autobahntestsuite/(_version\.py|caseset\.py|fuzzing\.py|case/.*\.py)$")
WITHOUT = re.compile(r"case/case(12_|9_9_1)")  # permessage-deflate, which Deskbell does not offer; a case never run

# file, what stands there after lib2to3, what shall stand there
EDITS = [
    # Pickles of equal values need not be equal on Python 3.
    ("case/case.py", "return pickle.dumps(obj1) == pickle.dumps(obj2)", "return latin1.plain(obj1) == latin1.plain(obj2)"),
    ("case/case.py", "import pickle", "from autobahntestsuite import latin1"),
    ("case/case10_1_1.py", "len(self.payload) / self.p", "len(self.payload) // self.p"),
    ("case/case6_x_x.py", "from autobahn.websocket.utf8validator import", "from autobahntestsuite.latin1 import"),
    *[(f"case/case{name}.py", "(object, Case, )", "(Case, )") for name in ("6_x_x", "7_7_X", "7_9_X", "9_7_X")],
    ("case/__init__.py", "from case9_9_1 import *", ""),
    ("case/__init__.py", "from case12_x_x import *", ""),
    ("case/__init__.py", "Cases.extend(Case12_X_X)", ""),
    ("case/__init__.py", "Cases.extend(Case13_X_X)", ""),
    ("case/__init__.py", "CaseSubCategories.update(Case12_X_X_CaseSubCategories)", ""),
    ("case/__init__.py", "CaseSubCategories.update(Case13_X_X_CaseSubCategories)", ""),
    # No TLS, no web pages, no setuptools at run time.
    ("fuzzing.py", "from twisted.internet import reactor, ssl", "from twisted.internet import reactor"),
    ("fuzzing.py", "from twisted.web.server import Site", ""),
    ("fuzzing.py", "from twisted.web.static import File", ""),
    ("fuzzing.py", "self.contextFactory = ssl.ClientContextFactory()", "self.contextFactory = None"),
    ("fuzzing.py", "textwrap, pkg_resources", "textwrap"),
    ("fuzzing.py", "from report import CSS_COMMON, ", "CSS_COMMON, "),
    ("fuzzing.py", "JS_MASTER_REPORT\n", "JS_MASTER_REPORT = [None] * 4\n"),
    ("fuzzing.py", "p = ''.join(payload)", "p = b''.join(payload)"),
]


def main():
    sdist, site_packages = sys.argv[1:]
    package = pathlib.Path(site_packages) / "autobahntestsuite"
    shutil.rmtree(package, ignore_errors=True)
    unpack(sdist, package)
    (package / "__init__.py").write_text("from ._version import __version__\nversion = __version__\n")
    shutil.copy(pathlib.Path(__file__).with_name("latin1.py"), package / "latin1.py")
    convert(package)
    edit(package)


def unpack(sdist, package):
    with tarfile.open(sdist) as archive:
        for member in archive:
            if KEEP.match(member.name) and not WITHOUT.search(member.name):
                target = package / member.name.split("/autobahntestsuite/", 1)[1]
                target.parent.mkdir(parents=True, exist_ok=True)
                source = archive.extractfile(member).read().decode("latin-1")
                target.write_text(source.replace("# coding=utf-8", ""), encoding="utf-8")


def convert(package):
    tool = RefactoringTool(get_fixers_from_package("lib2to3.fixes"))
    for path in sorted(package.rglob("*.py")):
        if path.name != "latin1.py":
            source = path.read_text(encoding="utf-8") + "\n"
            source = str(tool.refactor_string(source, str(path)))
            source = re.sub(r"^import binascii$", "from autobahntestsuite import latin1 as binascii", source, flags=re.M)
            source = re.sub(r"^(import .*), binascii\b", r"from autobahntestsuite import latin1 as binascii\n\1", source, flags=re.M)
            path.write_text(source, encoding="utf-8")


def edit(package):
    for name, old, new in EDITS:
        path = package / name
        source = path.read_text(encoding="utf-8")
        if old not in source:
            sys.exit(f"port.py: {name} does not hold {old!r}; is this another version of the suite?")
        path.write_text(source.replace(old, new), encoding="utf-8")


main()
