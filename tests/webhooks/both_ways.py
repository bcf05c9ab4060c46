"""Verifies what is signed on stdin with the published library, and signs something for the other way.

stdin: {"secret", "headers", "body"}; stdout: {"verified", "refused", "signed": {header: value}}.
"""

import datetime
import json
import sys

from standardwebhooks.webhooks import Webhook, WebhookVerificationError

given = json.load(sys.stdin)
library = Webhook(given["secret"])

verified = library.verify(given["body"], given["headers"])
try:
    library.verify(given["body"] + " ", given["headers"])
    refused = False
except WebhookVerificationError:
    refused = True

now = datetime.datetime.now(tz=datetime.timezone.utc)
signed = {
    "webhook-id": "msg_1",
    "webhook-timestamp": str(int(now.timestamp())),
    "webhook-signature": library.sign("msg_1", now, given["body"]),
}
print(json.dumps({"verified": verified, "refused": refused, "signed": signed}))
