/** The value of `WWW-Authenticate` that asks for Basic credentials in UTF-8 (RFC 7617, 2.1). */
export function basicChallenge(realm: string): string {
  return `Basic realm="${realm}", charset="UTF-8"`;
}
