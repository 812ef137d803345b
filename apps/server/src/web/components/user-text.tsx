import type { VNode } from 'preact';
import { verbatim } from './verbatim';

/** What a user or a program wrote, inside of a sentence or a cell. */
export function UserText({ children }: { readonly children: string }): VNode {
  return <span {...verbatim}>{children}</span>;
}

/** A word of the page, and the name of something that users named. */
export function Named({ text, name }: { readonly text: string; readonly name: string }): VNode {
  return (
    <>
      {text} <UserText>{name}</UserText>
    </>
  );
}

/** A message that the services write in English, whatever the language of the page. */
export function EnglishText({ children }: { readonly children: string }): VNode {
  return <span lang="en">{children}</span>;
}
