/** A text as it is written in XML, also inside of attributes. Characters that XML 1.0 does not have are left out. */
export const xmlText = (text: string): string =>
  text
    .replace(/[^\t\n\r\u0020-\uD7FF\uE000-\uFFFD\u{10000}-\u{10FFFF}]/gu, '')
    .replace(/[<>&"']/g, (char) => `&#${char.charCodeAt(0)};`);
