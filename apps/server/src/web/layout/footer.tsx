import type { VNode } from 'preact';
import { locales, type Locale } from '../messages/locale';
import { themes, type PageContext } from '../rendering/page-context';

/** The bottom of every page: the choice of language and colours. */
export function Footer({ context }: { readonly context: PageContext }): VNode {
  const { messages, locale, theme, address } = context;
  const { site } = messages;
  return (
    <footer>
      <form method="post" action="/preferences" class="preferences">
        <input type="hidden" name="next" value={address} />
        <label>
          {site.language}{' '}
          <select name="language">
            {(Object.keys(locales) as Locale[]).map((tag) => (
              <option key={tag} value={tag} lang={tag} selected={tag === locale}>
                {locales[tag].languageName}
              </option>
            ))}
          </select>
        </label>
        <label>
          {site.theme}{' '}
          <select name="theme">
            {themes.map((name) => (
              <option key={name} value={name} selected={name === theme}>
                {site.themes[name]}
              </option>
            ))}
          </select>
        </label>
        <button>{site.apply}</button>
      </form>
      <ul>
        <li>
          <a href="/help">{site.help}</a>
        </li>
        <li>
          <a href="/api/docs">{site.api}</a>
        </li>
      </ul>
    </footer>
  );
}
