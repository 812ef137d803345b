/** Characters that a short description may have; it is one line, shown in terminals too. */
export const descriptionLength = 255;

/** Characters that a README may have. */
export const readmeLength = 25_000;

/** True for a short description: one line without control characters, which could steer a terminal. */
export function isDescription(text: string): boolean {
  return text.length <= descriptionLength && isOneLine(text);
}

/** True for text without control characters and line breaks. */
export function isOneLine(text: string): boolean {
  return !/[\p{Cc}\p{Zl}\p{Zp}]/u.test(text);
}

/** True for a README: Markdown, in which line breaks and tabs are the only control characters. */
export function isReadme(text: string): boolean {
  return text.length <= readmeLength && !/[^\P{Cc}\t\r\n]/u.test(text);
}
