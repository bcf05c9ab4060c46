"""Reads the reports of one Autobahn run, prints a summary and decides.

    judge.py REPORT_FOLDER CASES_EXPECTED

Fails when a case failed or was not run, when the peer closed with another code than the case
names (1007 for invalid UTF-8, 1002 for a broken protocol, 1009 for too big; no code at all is
wrong too), or when it did not close as the RFC asks.
"""

import collections
import json
import pathlib
import sys

GOOD = {"OK", "NON-STRICT", "INFORMATIONAL"}
GOOD_CLOSE = {"OK", "INFORMATIONAL", "FAILED BY CLIENT"}


def main():
    folder, expected = pathlib.Path(sys.argv[1]), int(sys.argv[2])
    index = json.loads((folder / "index.json").read_text()).get("peer", {})
    cases = {case: json.loads((folder / entry["reportfile"]).read_text()) for case, entry in index.items()}
    troubles = [line for case in sorted(cases, key=numbers) for line in judge(case, cases[case])]
    if len(cases) != expected:
        troubles.append(f"{len(cases)} cases were run, not {expected}")
    summarize(cases)
    for line in troubles:
        print(f"  {line}")
    sys.exit(1 if troubles else 0)


def judge(case, report):
    what = " ".join(report["description"].split("<br>")[0].split())[:110]
    if report["behavior"] not in GOOD:
        yield f"{case} {report['behavior']}: {what}\n      {report['result']}"
    if report["behaviorClose"] not in GOOD_CLOSE:
        yield f"{case} close {report['behaviorClose']} ({report['remoteCloseCode']}): {what}\n      {report['resultClose']}"
    elif report["behaviorClose"] != "INFORMATIONAL" and not right_code(report):
        yield f"{case} close code {report['remoteCloseCode']}, not {report['expectedClose']['closeCode']}: {what}"


def right_code(report):
    """Where the peer has to close, Autobahn lets a missing code pass; we do not."""
    wanted = report["expectedClose"]
    return wanted["closedByMe"] or report["remoteCloseCode"] in wanted["closeCode"]


def summarize(cases):
    behaviour = collections.Counter(report["behavior"] for report in cases.values())
    close = collections.Counter(report["behaviorClose"] for report in cases.values())
    codes = collections.Counter(
        report["remoteCloseCode"] for report in cases.values() if not report["expectedClose"]["closedByMe"]
    )
    seconds = sum(report["duration"] for report in cases.values()) / 1000
    print(f"  {len(cases)} cases in {seconds:.1f} s of their own time")
    print("  behaviour: " + counts(behaviour))
    print("  close:     " + counts(close))
    print("  codes with which the peer closed on its own: " + counts(codes))


def counts(counter):
    return ", ".join(f"{number} {name}" for name, number in counter.most_common()) or "none"


def numbers(case):
    return [int(part) for part in case.split(".")]


main()
