import type { TextClass } from '@central-index/search';
import type { VNode } from 'preact';
import type { SearchPageDto } from '../../api/search.dto';
import type { PageContext } from '../rendering/page-context';

interface SearchExplanationProps {
  readonly context: PageContext;
  readonly hit: NonNullable<SearchPageDto['explanation']>['hits'][number];
}

/** Why a result stands where it stands, in words and with the parts of its score. */
export function SearchExplanation({ context, hit }: SearchExplanationProps): VNode {
  const { searchTexts: texts } = context.messages;
  const points = (value: number): string => value.toFixed(1);
  const match = texts.matches[hit.text_class as TextClass];
  const parts = [hit.text, hit.popularity, hit.official, hit.score].map(points) as Parameters<
    typeof texts.parts
  >;
  return (
    <p class="hint">
      {texts.score(context.formats.number(hit.position), match)} {hit.pinned ? `${texts.pinned} ` : ''}
      {hit.corrected_to === null ? '' : `${texts.corrected(hit.corrected_to)} `}
      <span>{texts.parts(...parts)}</span>
    </p>
  );
}
