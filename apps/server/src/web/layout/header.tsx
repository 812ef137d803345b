import type { VNode } from 'preact';
import { FormToken } from '../components/form-fields';
import type { PageContext } from '../rendering/page-context';
import { verbatim } from '../components/verbatim';

interface HeaderProps {
  readonly context: PageContext;
  readonly query: string;
}

/** The top of every page: name, search box and menu. */
export function Header({ context, query }: HeaderProps): VNode {
  const { site } = context.messages;
  return (
    <header class="top">
      <a class="brand" href="/" aria-label={site.home}>
        Central Index
      </a>
      <form class="find" action="/search" role="search">
        <input
          type="search"
          name="q"
          value={query}
          maxLength={500}
          aria-label={site.searchPlaceholder}
          placeholder={site.searchPlaceholder}
          autocomplete="off"
          data-suggest={site.suggestions}
        />
        <button>{site.search}</button>
      </form>
      <nav aria-label={site.menu}>
        <ul>
          {context.account === undefined ? (
            <AnonymousMenu context={context} />
          ) : (
            <OwnMenu context={context} />
          )}
        </ul>
      </nav>
    </header>
  );
}

function AnonymousMenu({ context: { messages, address } }: { readonly context: PageContext }): VNode {
  const next = /^\/(?:login|signup|logout)\b/.test(address) ? '' : `?next=${encodeURIComponent(address)}`;
  return (
    <>
      <li>
        <a href="/help">{messages.site.help}</a>
      </li>
      <li>
        <a href={`/login${next}`}>{messages.site.logIn}</a>
      </li>
      <li>
        <a href="/signup">{messages.site.signUp}</a>
      </li>
    </>
  );
}

function OwnMenu({ context }: { readonly context: PageContext }): VNode {
  const { site } = context.messages;
  const { name } = context.account!;
  return (
    <>
      <li>
        <a href="/help">{site.help}</a>
      </li>
      <li>
        <a href="/new">{site.newRepository}</a>
      </li>
      <li>
        <a href={`/u/${name}`} {...verbatim}>
          {name}
        </a>
      </li>
      {context.account!.administrator ? (
        <li>
          <a href="/admin/overview">{context.messages.admin.title}</a>
        </li>
      ) : null}
      <li>
        <a href="/settings/profile">{site.settings}</a>
      </li>
      <li>
        <form method="post" action="/logout">
          <FormToken context={context} />
          <button class="link">{site.logOut}</button>
        </form>
      </li>
    </>
  );
}
