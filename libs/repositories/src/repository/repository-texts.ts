import { countCodePoints, isBlank, isLines, isOneLine } from '@central-index/naming';

/** Code points that a short description may have; it is one line, shown in terminals too. */
export const descriptionLength = 255;

/** Code points that a README may have. */
export const readmeLength = 25_000;

/** What a short description must be, for a message to its author. */
export const descriptionRule = `must be one line of at most ${descriptionLength} characters, with something to see and without marks that reorder text`;

/** What a README must be, for a message to its author. */
export const readmeRule = `must be text of at most ${readmeLength} characters, with something to see and without marks that reorder text`;

/** True for a short description: one line, empty or with something to see. */
export function isDescription(text: string): boolean {
  return countCodePoints(text) <= descriptionLength && isOneLine(text) && isEmptyOrVisible(text);
}

/** True for a README: Markdown, empty or with something to see. */
export function isReadme(text: string): boolean {
  return countCodePoints(text) <= readmeLength && isLines(text) && isEmptyOrVisible(text);
}

const isEmptyOrVisible = (text: string): boolean => text === '' || !isBlank(text);
