function deskbell_token(array $user, string $secret): string
{
    $encode = fn (string $data): string => rtrim(strtr(base64_encode($data), '+/', '-_'), '=');
    $part = fn (array $value): string => $encode(json_encode($value, JSON_THROW_ON_ERROR));
    $claims = [
        'sub' => (string) $user['id'],
        'exp' => time() + 300,
        'email' => $user['email'],
        'name' => $user['name'],
        'attributes' => ['plan' => $user['plan']],
    ];
    $signed = $part(['alg' => 'HS256', 'typ' => 'JWT']) . '.' . $part($claims);
    return $signed . '.' . $encode(hash_hmac('sha256', $signed, $secret, true));
}
