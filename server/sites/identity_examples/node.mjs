import { createHmac } from "node:crypto";

function deskbellToken(user, secret) {
  const part = (value) => Buffer.from(JSON.stringify(value)).toString("base64url");
  const claims = {
    sub: String(user.id),
    exp: Math.floor(Date.now() / 1000) + 300,
    email: user.email,
    name: user.name,
    attributes: { plan: user.plan },
  };
  const signed = `${part({ alg: "HS256", typ: "JWT" })}.${part(claims)}`;
  return `${signed}.${createHmac("sha256", secret).update(signed).digest("base64url")}`;
}
