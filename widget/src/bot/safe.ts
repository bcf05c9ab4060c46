// Where a bot's button may lead: to pages, mail and telephones, by whole addresses only.

export function safe(url: string): string | undefined {
  try {
    const { protocol, href } = new URL(url);
    return /^(https?|mailto|tel):$/.test(protocol) ? href : undefined;
  } catch {
    return undefined;
  }
}
