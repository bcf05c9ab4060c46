"""Whether the checker has reached every operation: each has to have done once what it is for.

    judge.py OPENAPI.json FOLDER-OF-A-REPORT...
"""

import collections
import json
import pathlib
import re
import sys

# Who takes a chat needs a live session, which this check has none of, and only who has one puts it off. The
# stories in tests/api do both.
NEVER_GOOD = {"takeConversation", "snoozeConversation"}


def main():
    document = json.loads(pathlib.Path(sys.argv[1]).read_text())
    reports = [json.loads(max(pathlib.Path(folder).glob("har*")).read_text()) for folder in sys.argv[2:]]
    operations = {}
    for path, methods in document["paths"].items():
        pattern = re.compile("^" + re.sub(r"\{[^}]+\}", "[^/]+", path) + "$")
        for method, operation in methods.items():
            operations[operation["operationId"]] = (method.upper(), pattern)
    counts = {name: collections.Counter() for name in operations}
    for entry in [entry for report in reports for entry in report["log"]["entries"]]:
        path = "/" + entry["request"]["url"].split("?")[0].split("/", 3)[3]
        for name, (method, pattern) in operations.items():
            if method == entry["request"]["method"] and pattern.match(path):
                counts[name][entry["response"]["status"]] += 1
    missed = [name for name, found in counts.items() if not (found[200] or found[201]) and name not in NEVER_GOOD]
    for name, found in sorted(counts.items()):
        print(f"  {name}: " + ", ".join(f"{count} x {status}" for status, count in sorted(found.items())))
    if missed:
        print("Never done: " + ", ".join(missed))
        sys.exit(1)


main()
