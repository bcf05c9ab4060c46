import base64
import hashlib
import hmac
import json
import time


def deskbell_token(user, secret):
    def encode(data):
        return base64.urlsafe_b64encode(data).rstrip(b"=")

    def part(value):
        return encode(json.dumps(value).encode())

    claims = {
        "sub": str(user["id"]),
        "exp": int(time.time()) + 300,
        "email": user["email"],
        "name": user["name"],
        "attributes": {"plan": user["plan"]},
    }
    signed = part({"alg": "HS256", "typ": "JWT"}) + b"." + part(claims)
    signature = hmac.new(secret.encode(), signed, hashlib.sha256).digest()
    return (signed + b"." + encode(signature)).decode()
