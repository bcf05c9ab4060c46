"""Runs the ported Autobahn fuzzing client against one echo server and writes its JSON reports.

    fuzz.py URL REPORT_FOLDER SECONDS CASE_PATTERN...
"""

import json
import sys

from autobahntestsuite import fuzzing, latin1
from twisted.internet import reactor

import limits  # noqa: F401  adds its cases to the suite's list

fuzzing.binLogData = latin1.hex_excerpt
fuzzing.asciiLogData = latin1.excerpt


class Protocol(fuzzing.FuzzingClientProtocol):
    """The suite's protocol with octets on the outside and text on the inside."""

    def sendFrame(self, opcode, payload="", **options):
        return super().sendFrame(opcode, latin1.octets(payload), **options)

    def sendMessage(self, payload, *args, **options):
        return super().sendMessage(latin1.octets(payload), *args, **options)

    def sendMessageFrameData(self, payload, *args, **options):
        return super().sendMessageFrameData(latin1.octets(payload), *args, **options)

    def sendCloseFrame(self, code=None, reasonUtf8=None, isReply=False):
        return super().sendCloseFrame(code, latin1.octets(reasonUtf8) if reasonUtf8 else None, isReply)

    def onMessage(self, payload, isBinary):
        super().onMessage(latin1.text(payload), isBinary)

    def onPong(self, payload):
        super().onPong(latin1.text(payload))


class Factory(fuzzing.FuzzingClientFactory):
    def logCase(self, result):
        super().logCase(json.loads(json.dumps(result, default=latin1.text)))

    def createReports(self):
        super().createReports(produceHtml=False)


def main():
    url, folder, seconds, *cases = sys.argv[1:]
    fuzzing.FuzzingClientProtocol = Protocol
    spec = {"outdir": folder, "cases": cases, "servers": [{"agent": "peer", "url": url}]}
    factory = Factory(spec)

    def give_up():
        print(f"fuzz.py: not done after {seconds} s; the report holds what was run", flush=True)
        factory.createReports()
        reactor.stop()

    reactor.callLater(float(seconds), give_up)
    reactor.run()


main()
