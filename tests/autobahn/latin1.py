"""Octets as text: the edge between the ported suite, which holds octets in `str`, and a library
that wants `bytes`. Copied by port.py into the ported package; it stands in for `binascii` there."""

import binascii

from autobahn.websocket import utf8validator


def octets(text):
    return text.encode("latin-1") if isinstance(text, str) else text


def text(data):
    return data if isinstance(data, str) else bytes(data).decode("latin-1")


def plain(events):
    """Events with every payload as text, so that they compare by value."""
    return [tuple(text(part) if isinstance(part, (bytes, bytearray)) else part for part in event) for event in events]


def b2a_hex(data):
    return binascii.b2a_hex(octets(data)).decode("ascii")


def a2b_hex(digits):
    return text(binascii.a2b_hex(digits))


def excerpt(data, maxlen=64, replace=False):
    """For the wire log: the start of the data, readable where it is UTF-8."""
    start = octets(data)[:maxlen]
    try:
        return start.decode("utf-8") + (" ..." if len(data) > maxlen else "")
    except UnicodeDecodeError:
        return hex_excerpt(data, maxlen)


def hex_excerpt(data, maxlen=64):
    return "0x" + b2a_hex(octets(data)[:maxlen]) + (" ..." if len(data) > maxlen else "")


class Utf8Validator(utf8validator.Utf8Validator):
    def validate(self, data):
        return super().validate(octets(data))
