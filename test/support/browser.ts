import { Actor, type HttpResponse } from './client';

/** A browser without scripts: stores cookies, and sends the forms of the pages with their hidden fields. */
export class Browser {
  private readonly cookies = new Map<string, string>();

  constructor(
    readonly url: string,
    private readonly headers: Readonly<Record<string, string>> = {},
  ) {}

  /** Requests a page. Redirects are not followed. */
  async get(path: string): Promise<HttpResponse> {
    return this.store(await this.actor().sendRaw('GET', path));
  }

  /** Sends the form with this action of a page, with the values of its hidden fields and these. */
  async submit(
    page: string,
    action: string,
    fields: Readonly<Record<string, string>>,
  ): Promise<HttpResponse> {
    return this.post(action, { ...(await this.fieldsOf(page, action)), ...fields });
  }

  /** The hidden fields of the form with this action of a page. */
  async fieldsOf(page: string, action: string): Promise<Readonly<Record<string, string>>> {
    const { text } = await this.get(page);
    const form = formsOf(text).find((candidate) => candidate.action === action);
    if (form === undefined) throw new Error(`${page} has no form for ${action}`);
    return form.hidden;
  }

  /** Sends fields as a form does. */
  async post(path: string, fields: Readonly<Record<string, string>>): Promise<HttpResponse> {
    const headers = { 'content-type': 'application/x-www-form-urlencoded', 'sec-fetch-site': 'same-origin' };
    const body = new URLSearchParams(fields).toString();
    return this.store(await this.actor().sendRaw('POST', path, { body, headers }));
  }

  /** Its cookies by name, for another browser that continues its session. */
  get stored(): ReadonlyMap<string, string> {
    return this.cookies;
  }

  /** Deletes all cookies whose names contain the text. */
  deleteCookie(name: string): void {
    for (const key of this.cookies.keys()) if (key.includes(name)) this.cookies.delete(key);
  }

  private actor(): Actor {
    const cookie = [...this.cookies].map(([name, value]) => `${name}=${value}`).join('; ');
    return new Actor(this.url, {
      accept: 'text/html',
      ...(cookie === '' ? {} : { cookie }),
      ...this.headers,
    });
  }

  private store(response: HttpResponse): HttpResponse {
    for (const cookie of response.setCookie) {
      const [, name, value] = /^([^=]+)=([^;]*)/.exec(cookie)!;
      if (value === '') this.cookies.delete(name!);
      else this.cookies.set(name!, value!);
    }
    return response;
  }
}

interface Form {
  readonly action: string;
  readonly hidden: Readonly<Record<string, string>>;
}

function formsOf(html: string): Form[] {
  return [...html.matchAll(/<form ([^>]*)>([\s\S]*?)<\/form>/g)].map(([, attributes, inner]) => ({
    action: unescaped(/action="([^"]*)"/.exec(attributes!)?.[1] ?? ''),
    hidden: Object.fromEntries(
      [...inner!.matchAll(/<input type="hidden" name="([^"]*)" value="([^"]*)"/g)].map(([, name, value]) => [
        name!,
        unescaped(value!),
      ]),
    ),
  }));
}

const unescaped = (text: string): string =>
  text
    .replace(/&quot;/g, '"')
    .replace(/&lt;/g, '<')
    .replace(/&gt;/g, '>')
    .replace(/&amp;/g, '&');
