"""Deskbell's own cases beside Autobahn's, in group 14: a message may hold 65,536 octets and no more."""

from autobahntestsuite.case import Case, Cases

LIMIT = 65536


def echoed(case, payload):
    case.expected[Case.OK] = [("message", payload, False)]
    case.expectedClose = {"closedByMe": True, "closeCode": [1000], "requireClean": True}
    case.p.killAfter(10)


def refused_as_too_big(case):
    case.expected[Case.OK] = []
    case.expectedClose = {"closedByMe": False, "closeCode": [1009], "requireClean": False, "closedByWrongEndpointIsFatal": True}
    case.p.killAfter(10)


def fragments(case, payload, size):
    for start in range(0, len(payload), size):
        rest = payload[start:]
        case.p.sendFrame(opcode=1 if start == 0 else 0, fin=len(rest) <= size, payload=rest[:size])


class Case14_1_1(Case):
    DESCRIPTION = "One text frame of 65,537 octets."
    EXPECTATION = "Closed with 1009."

    def onOpen(self):
        refused_as_too_big(self)
        self.p.sendFrame(opcode=1, payload="*" * (LIMIT + 1))


class Case14_1_2(Case):
    DESCRIPTION = "A text message of 65,537 octets in fragments of 1,024."
    EXPECTATION = "Closed with 1009."

    def onOpen(self):
        refused_as_too_big(self)
        fragments(self, "*" * (LIMIT + 1), 1024)


class Case14_1_3(Case):
    DESCRIPTION = "A header that announces 2^62 octets, and none of them."
    EXPECTATION = "Closed with 1009 from the header alone."

    def onOpen(self):
        refused_as_too_big(self)
        self.p.sendData(b"\x81\xff" + (1 << 62).to_bytes(8, "big") + b"\x00\x00\x00\x00")


class Case14_1_4(Case):
    DESCRIPTION = "A text message of exactly 65,536 octets in fragments of 1,024."
    EXPECTATION = "Echoed."

    def onOpen(self):
        payload = "*" * LIMIT
        echoed(self, payload)
        fragments(self, payload, 1024)


class Case14_1_5(Case):
    DESCRIPTION = "A short text message with 10,000 empty continuation frames inside."
    EXPECTATION = "Echoed."

    def onOpen(self):
        echoed(self, "begin end")
        self.p.sendFrame(opcode=1, fin=False, payload="begin ")
        for _ in range(10_000):
            self.p.sendFrame(opcode=0, fin=False)
        self.p.sendFrame(opcode=0, payload="end")


Cases += [Case14_1_1, Case14_1_2, Case14_1_3, Case14_1_4, Case14_1_5]
