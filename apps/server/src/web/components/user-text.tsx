import type { VNode } from 'preact';
import { verbatim } from './verbatim';

/** What a user or a program wrote, inside of a sentence or a cell. */
export function UserText({ children }: { readonly children: string }): VNode {
  return <span {...verbatim}>{children}</span>;
}

/** A message that the services write in English, whatever the language of the page. */
export function EnglishText({ children }: { readonly children: string }): VNode {
  return <span lang="en">{children}</span>;
}
