import type { Dice } from './token-requests';

/** Texts that are hard to store, to compare, to fold or to parse. JSON can carry all of them. */
const texts: readonly string[] = [
  '',
  ' ',
  '\0',
  'alice\0',
  '\ud800',
  'app\udfff',
  '\udc00\ud800',
  '\u202enimda',
  '\u2066open',
  '\u3164',
  '\ufeff',
  '\uffff',
  '💥'.repeat(130),
  'İ'.repeat(200),
  'ﷺ'.repeat(120),
  'é'.normalize('NFD').repeat(200),
  '\u0300'.repeat(500),
  'a'.repeat(247),
  'a'.repeat(248),
  'a'.repeat(255),
  'a'.repeat(256),
  'a'.repeat(5_000),
  'a-'.repeat(127),
  `${'a'.repeat(127)}/${'b'.repeat(127)}`,
  `library/${'a'.repeat(247)}`,
  '*'.repeat(120),
  'a*'.repeat(60),
  '%',
  '_',
  '\\',
  '\\u0000',
  '{"a":"\\u0000"}',
  "' or 1=1 --",
  '" OR private = true',
  '$1',
  '${7*7}',
  '\r\nX: y',
  '\u001b[31m',
  '__proto__',
  'constructor',
  'null',
  'NaN',
  '-1',
  '1e309',
  '9'.repeat(19),
  '9'.repeat(400),
  '0000-01-01',
  '0000-12-31',
  '-000001-01-01T00:00:00Z',
  '+275760-09-13',
  '+275760-09-13T00:00:00.001Z',
  '9999-12-31T23:59:59.999-23:59',
  '2030-02-30',
  '2030-01-01T24:00:00Z',
  '0001-01-01',
  '127.0.0.1:80',
  '1.2.3.4, '.repeat(34),
  'http://[::1',
  'http://a:99999/',
  `http://${'a'.repeat(300)}.example/`,
  'http://user:pass@127.0.0.1:1/',
  'javascript:alert(1)',
  'a@b',
  `${'a'.repeat(64)}@${'b'.repeat(180)}.example`,
  '"\0"@example.org',
  'Bearer \0',
  'repository:alice/app:pull,push,delete,*',
  `repository:${'a/'.repeat(120)}b:pull`,
  `repository:${'a'.repeat(255)}:push`,
  'registry:catalog:*',
  'sha256:' + 'f'.repeat(64),
  'sha256:' + 'f'.repeat(4_000),
  'application/json',
];

// Stands for JSON that JSON.stringify cannot write.
const deepMark = 'nested 100,000 levels deep';
const deepJson = `${'['.repeat(100_000)}${']'.repeat(100_000)}`;

/** JSON values that are no text, where text is expected. */
const others: readonly (() => unknown)[] = [
  () => null,
  () => true,
  () => 0,
  () => -1,
  () => 1.5,
  () => 2 ** 53,
  () => 1e308,
  () => [],
  () => ['\0', '\ud800'],
  () => ({}),
  () => ({ '\0': '\ud800', '\udc00': { constructor: null } }),
  () => deepMark,
];

// Percent-encodings that decode to no character, which no string in JavaScript encodes to.
const encodings: readonly string[] = [
  '%00',
  '%ED%A0%80',
  '%FF%FE',
  '%C0%80',
  '%F4%90%80%80',
  '%',
  '%zz',
  '%2',
  '%25%30%30',
];

/** A hostile text; at times two of them, one after the other. */
export function hostileText(dice: Dice): string {
  const text = dice.pick(texts);
  return dice.oneIn(4) ? text + dice.pick(texts) : text;
}

/** A hostile value of a field in a JSON body. */
export function hostileJson(dice: Dice): unknown {
  return dice.oneIn(5) ? dice.pick(others)() : hostileText(dice);
}

/** A body with a hostile value in it, as JSON text. */
export function hostileBody(value: unknown): string {
  return JSON.stringify(value).replace(`"${deepMark}"`, deepJson);
}

/** A hostile part of a URL, percent-encoded or not to be decoded. */
export function hostileUrlPart(dice: Dice): string {
  return dice.oneIn(4) ? dice.pick(encodings) : encodeURIComponent(hostileText(dice).toWellFormed());
}

/** A hostile value of a header: bytes that HTTP lets pass. */
export function hostileHeader(dice: Dice): string {
  const text = dice.oneIn(6) ? 'x'.repeat(dice.roll(6_000)) : hostileText(dice);
  return Buffer.from(text.slice(0, 6_000))
    .toString('latin1')
    .replace(/[^\t\u0020-\u007e\u0080-\u00ff]/g, '?');
}
