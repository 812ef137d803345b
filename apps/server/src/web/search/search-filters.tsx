import { imageKinds } from '@central-index/repositories';
import { starSteps, type CountsByFilter, type FilterCounts } from '@central-index/search';
import type { VNode } from 'preact';
import { verbatim } from '../components/verbatim';
import type { PageContext } from '../rendering/page-context';
import { addressOf, isFiltered, sorts, type SearchForm } from './search-form';

interface SearchFiltersProps {
  readonly context: PageContext;
  readonly form: SearchForm;
  readonly counts: CountsByFilter;
}

interface Choice {
  readonly value: string;
  readonly label: string;
  /** How many results it leaves; undefined if that is unknown. */
  readonly count: number | undefined;
}

/** The filters and the order of a search with what each would leave, as a form that needs no script. */
export function SearchFilters({ context, form, counts }: SearchFiltersProps): VNode {
  const { search, searchTexts: texts, site } = context.messages;
  return (
    <form action="/search" class="filters" aria-label={search.filters}>
      <input type="hidden" name="q" value={form.q} />
      <Checkbox
        name="official"
        label={counted(context, search.officialOnly, counts.official.official, counts.official)}
        checked={form.official === true}
      />
      <Checkbox
        name="automated"
        label={counted(context, search.automatedOnly, counts.automated.automated, counts.automated)}
        checked={form.automated === true}
      />
      <PropertyChoices context={context} form={form} counts={counts} />
      <label>
        {search.sort}
        <select name="sort">
          {sorts.map((sort) => (
            <option key={sort} value={sort} selected={sort === (form.sort ?? 'relevance')}>
              {sort === 'relevance' && form.q.trim() === '' ? texts.popular : search.sorts[sort]}
            </option>
          ))}
        </select>
      </label>
      <button>{site.apply}</button>
      {isFiltered(form) ? (
        <a href={addressOf({ q: form.q, page: 1, sort: form.sort })}>{texts.clear}</a>
      ) : null}
    </form>
  );
}

function PropertyChoices({ context, form, counts }: SearchFiltersProps): VNode {
  const { search, searchTexts: texts } = context.messages;
  return (
    <>
      <Choices
        context={context}
        name="kind"
        label={search.kind}
        any={search.anyKind}
        chosen={form.kind}
        of={counts.kind}
        choices={kindChoices(context, counts.kind)}
      />
      <Choices
        context={context}
        name="os"
        label={texts.system}
        any={texts.any}
        chosen={form.os}
        of={counts.os}
        choices={wordChoices(counts.os.systems, form.os)}
      />
      <Choices
        context={context}
        name="architecture"
        label={texts.architecture}
        any={texts.any}
        chosen={form.architecture}
        of={counts.architecture}
        choices={wordChoices(counts.architecture.architectures, form.architecture)}
      />
      <Choices
        context={context}
        name="stars"
        label={search.minimumStars}
        any={texts.anyStars}
        chosen={form.stars === undefined ? undefined : String(form.stars)}
        of={counts.stars}
        choices={starChoices(context, counts.stars, form.stars)}
      />
    </>
  );
}

interface CheckboxProps {
  readonly name: string;
  readonly label: string;
  readonly checked: boolean;
}

function Checkbox({ name, label, checked }: CheckboxProps): VNode {
  return (
    <label>
      <input type="checkbox" name={name} value="true" checked={checked} /> {label}
    </label>
  );
}

interface ChoicesProps {
  readonly context: PageContext;
  readonly name: string;
  readonly label: string;
  /** What no choice is called. */
  readonly any: string;
  readonly chosen: string | undefined;
  /** The counts that the choices have theirs from. */
  readonly of: FilterCounts;
  readonly choices: readonly Choice[];
}

function Choices({ context, name, label, any, chosen, of, choices }: ChoicesProps): VNode | null {
  if (choices.length === 0) return null;
  return (
    <label>
      {label}
      <select name={name}>
        <option value="">{any}</option>
        {choices.map((choice) => (
          <option
            key={choice.value}
            value={choice.value}
            selected={choice.value === chosen}
            {...(choice.label === choice.value ? verbatim : {})}
          >
            {counted(context, choice.label, choice.count, of)}
          </option>
        ))}
      </select>
    </label>
  );
}

// Where counting stopped early, none says nothing.
function counted(context: PageContext, label: string, count: number | undefined, of: FilterCounts): string {
  if (count === undefined || (count === 0 && !of.isExact)) return label;
  return context.messages.searchTexts.counted(label, context.formats.number(count), of.isExact);
}

function kindChoices({ messages }: PageContext, { kinds }: FilterCounts): Choice[] {
  return imageKinds.map((kind) => ({ value: kind, label: messages.kinds[kind], count: kinds[kind] ?? 0 }));
}

// Those that occur, most first, and the chosen one even if it leaves nothing.
function wordChoices(found: Readonly<Record<string, number>>, chosen: string | undefined): Choice[] {
  const counts = new Map(Object.entries(found).sort(([, a], [, b]) => b - a));
  if (chosen !== undefined && !counts.has(chosen)) counts.set(chosen, 0);
  return [...counts].map(([value, count]) => ({ value, label: value, count }));
}

function starChoices(
  { messages, formats }: PageContext,
  { stars }: FilterCounts,
  chosen: number | undefined,
): Choice[] {
  const steps = new Map<number, number | undefined>(starSteps.map((step, at) => [step, stars[at]]));
  if (chosen !== undefined && !steps.has(chosen)) steps.set(chosen, undefined);
  return [...steps]
    .sort(([a], [b]) => a - b)
    .map(([step, count]) => ({
      value: String(step),
      label: messages.searchTexts.stars(formats.number(step)),
      count,
    }));
}
