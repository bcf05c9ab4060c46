require "base64"
require "json"
require "openssl"

def deskbell_token(user, secret)
  encode = ->(data) { Base64.urlsafe_encode64(data, padding: false) }
  part = ->(value) { encode.call(JSON.generate(value)) }
  claims = {
    sub: user[:id].to_s,
    exp: Time.now.to_i + 300,
    email: user[:email],
    name: user[:name],
    attributes: { plan: user[:plan] }
  }
  signed = "#{part.call({ alg: "HS256", typ: "JWT" })}.#{part.call(claims)}"
  "#{signed}.#{encode.call(OpenSSL::HMAC.digest("SHA256", secret, signed))}"
end
