import { describe, it } from '@jest/globals';
import { readmeLength } from '@central-index/repositories';
import fc from 'fast-check';
import { Parser } from 'htmlparser2';
import assert from 'node:assert/strict';
import { renderMarkdown } from './markdown';

interface Element {
  readonly name: string;
  readonly attributes: Readonly<Record<string, string>>;
}

function elementsOf(html: string): Element[] {
  const elements: Element[] = [];
  const parser = new Parser({ onopentag: (name, attributes) => elements.push({ name, attributes }) });
  parser.end(html);
  return elements;
}

const formatting = new Set(
  (
    'h3 h4 h5 h6 p br hr blockquote pre code ul ol li dl dt dd table thead tbody tr th td a img em strong b i del s ' +
    'sub sup kbd samp var details summary abbr q cite small mark span'
  ).split(' '),
);
const attributes = new Set(
  'href rel title src alt width height loading referrerpolicy colspan rowspan start class id tabindex'.split(
    ' ',
  ),
);

// Whatever was written: elements that format, links that say what they are, images from https, ids of the README only.
function assertHarmless(html: string, text: string): void {
  for (const element of elementsOf(html)) {
    assert.ok(formatting.has(element.name), `${element.name} from ${JSON.stringify(text)}`);
    for (const [name, value] of Object.entries(element.attributes)) {
      const shown = `${element.name} ${name}=${value} from ${JSON.stringify(text)}`;
      assert.ok(attributes.has(name), shown);
      if (name === 'href') assert.match(value, /^(?:https?:\/\/|mailto:|#readme-)/i, shown);
      if (name === 'src') assert.match(value, /^https:\/\//i, shown);
      if (name === 'id') assert.match(value, /^readme-/, shown);
      if (name === 'class') assert.match(value, /^(?:hljs-[\w-]+( [\w-]+_?)*|align-\w+)$/, shown);
      if (name === 'tabindex') assert.equal(value, '0', shown);
    }
    const { rel, referrerpolicy } = element.attributes;
    if (element.name === 'a') assert.equal(rel, 'nofollow ugc noopener');
    if (element.name === 'img') assert.equal(referrerpolicy, 'no-referrer');
  }
}

const attacks = [
  '<script>alert(1)</script>',
  '<scr<script>ipt>alert(1)</scr</script>ipt>',
  '<img src=x onerror=alert(1)>',
  '<svg><script>alert(1)</script></svg>',
  '<svg onload=alert(1)>',
  '<math><mtext></p><mglyph><style><img src=x onerror=alert(1)>',
  '<iframe srcdoc="<script>alert(1)</script>">',
  '<object data="javascript:alert(1)">',
  '<form action="/logout" method=post><button>',
  '<input name=csrf value=x>',
  '<a href="javascript:alert(1)">',
  '<a href="jAvA\tscript:alert(1)">',
  '<a href="&#106;avascript:alert(1)">',
  '<a href="data:text/html,<script>">',
  '<a href="vbscript:x">',
  '[x](javascript:alert(1))',
  '[x](  javascript:alert(1))',
  '[x](java&#10;script:alert(1))',
  '![x](data:image/svg+xml;base64,AAAA)',
  '![x](http://example.org/x.png)',
  '[a]: javascript:alert(1)\n\n[a]',
  '<javascript:alert(1)>',
  '<style>*{display:none}</style>',
  '<link rel=stylesheet href=//evil.example>',
  '<base href="https://evil.example/">',
  '<meta http-equiv=refresh content="0;url=//evil.example">',
  '<p style="position:fixed;inset:0" id="content" class="top">',
  '<template><script>x</script></template>',
  '<noscript><p title="</noscript><img src=x onerror=alert(1)>">',
  '<!--><img src=x onerror=alert(1)>-->',
  '<![CDATA[<script>x</script>]]>',
  '<textarea><script>x</script></textarea>',
  '<title><img src=x onerror=x></title>',
  '<xmp><img src=x onerror=x></xmp>',
  '```js"><script>alert(1)</script>\nx\n```',
  '`<script>`',
  '"><img src=x onerror=x>',
  '<h2 id="x" onclick=x>t</h2>',
  '# [<script>x</script>](https://example.org)',
  '<details open ontoggle=alert(1)>',
  '<a href="https://example.org" target=_top rel=opener>x</a>',
  '<a href="//evil.example">x</a>',
  '<a href="\\\\evil.example">x</a>',
  '&lt;script&gt;alert(1)&lt;/script&gt;',
  '|a|\n|-|\n|<script>|',
  '<td onmouseover=x>',
  '<img src="https://e.org/x" srcset="http://e.org/x 2x" style=x usemap=#m>',
  '<video src=x onerror=x><audio src=x onerror=x><embed src=x>',
  '<button formaction=javascript:x>',
  '<a xlink:href="javascript:x">',
  '\u0000<script>x</script>',
];

describe('a README', () => {
  it('has nothing active, whatever its author wrote', () => {
    for (const attack of attacks) {
      for (const text of [
        attack,
        `> ${attack}`,
        `- ${attack}`,
        `**${attack}**`,
        `${attack}\n\n# ${attack}`,
      ]) {
        assertHarmless(renderMarkdown(text), text);
      }
    }
  });

  it('has nothing active when attacks are put together, cut and nested', () => {
    const pieces = [
      ...attacks,
      ...attacks.map((attack) => attack.slice(0, Math.ceil(attack.length / 2))),
      ...[
        '<',
        '>',
        '"',
        "'",
        '`',
        '```',
        '\n',
        '\n\n',
        '    ',
        '> ',
        '- ',
        '# ',
        '](',
        '![',
        '<!--',
        '&#x3C;',
      ],
    ];
    fc.assert(
      fc.property(
        fc.array(fc.oneof(fc.constantFrom(...pieces), fc.string({ maxLength: 6 })), { maxLength: 12 }),
        (parts) => assertHarmless(renderMarkdown(parts.join('')), parts.join('')),
      ),
      { numRuns: 3_000 },
    );
  });

  it('keeps formatting, headings with anchors of their own, tables and highlighted code', () => {
    const html = renderMarkdown(
      '# Use\n\n## Use\n\n## Use-1\n\n[to it](#use)\n\n| a | b |\n|:-|-:|\n| 1 | ~~2~~ |\n\n* [x] done\n\n```sh\nif true; then echo "x"; fi\n```\n\n```nonsense\n<b>\n```',
    );
    const ids = elementsOf(html).flatMap(({ attributes: { id } }) => id ?? []);
    assert.equal(new Set(ids).size, 3, html);
    assert.ok(ids.every((id) => id.startsWith('readme-use')));
    assert.match(html, /<a href="#readme-use" rel=/);
    assert.match(html, /<td class="align-right"><del>2<\/del><\/td>/);
    assert.match(html, /<span class="hljs-keyword">if<\/span>/);
    assert.match(html, /<code>&lt;b&gt;|<code>&#60;b&#62;|<code>&lt;b>/);
  });

  it('has relative links and images from the source, as its host has them', () => {
    const table: [source: string | undefined, page: string | undefined, file: string | undefined][] = [
      [
        'https://github.com/a/b',
        'https://github.com/a/b/blob/HEAD/x/y.md',
        'https://github.com/a/b/raw/HEAD/x/y.md',
      ],
      [
        'https://github.com/a/b.git',
        'https://github.com/a/b/blob/HEAD/x/y.md',
        'https://github.com/a/b/raw/HEAD/x/y.md',
      ],
      [
        'https://github.com/a/b/tree/main/img',
        'https://github.com/a/b/blob/main/img/x/y.md',
        'https://github.com/a/b/raw/main/img/x/y.md',
      ],
      [
        'https://gitlab.com/a/g/b',
        'https://gitlab.com/a/g/b/-/blob/HEAD/x/y.md',
        'https://gitlab.com/a/g/b/-/raw/HEAD/x/y.md',
      ],
      [
        'https://gitlab.example.org/a/b/-/tree/v1',
        'https://gitlab.example.org/a/b/-/blob/v1/x/y.md',
        'https://gitlab.example.org/a/b/-/raw/v1/x/y.md',
      ],
      [
        'https://bitbucket.org/a/b',
        'https://bitbucket.org/a/b/src/HEAD/x/y.md',
        'https://bitbucket.org/a/b/raw/HEAD/x/y.md',
      ],
      [
        'https://example.org/project',
        'https://example.org/project/x/y.md',
        'https://example.org/project/x/y.md',
      ],
      ['http://github.com/a/b', undefined, undefined],
      ['javascript:alert(1)', undefined, undefined],
      ['https://user:secret@github.com/a/b', undefined, undefined],
      [undefined, undefined, undefined],
    ];
    for (const [source, page, file] of table) {
      const elements = elementsOf(renderMarkdown('[l](x/y.md)\n\n![i](x/y.md)', { source }));
      assert.equal(elements.find(({ name }) => name === 'a')?.attributes.href, page, source);
      assert.equal(elements.find(({ name }) => name === 'img')?.attributes.src, file, source);
    }
    for (const address of ['//evil.example/x', '/\\evil.example', '\\\\evil.example', 'https:evil']) {
      const source = 'https://github.com/a/b';
      const [link] = elementsOf(renderMarkdown(`<a href="${address}">x</a>`, { source })).filter(
        ({ name }) => name === 'a',
      );
      const { href = 'https://github.com/' } = link!.attributes;
      assert.ok(href.startsWith('https://github.com/') || address === 'https:evil', `${address}: ${href}`);
    }
  });

  // The longest README of each kind. The bound is several times what a page may take, because machines differ.
  const long = (piece: string): string =>
    piece.repeat(Math.ceil(readmeLength / piece.length)).slice(0, readmeLength);
  const slow: Readonly<Record<string, string>> = {
    'nested lists': Array.from({ length: 400 }, (_, at) => `${' '.repeat(at % 100)}* x\n`)
      .join('')
      .slice(0, readmeLength),
    'deeper and deeper lists': Array.from({ length: 220 }, (_, at) => `${'  '.repeat(at)}* x\n`)
      .join('')
      .slice(0, readmeLength),
    'nested quotes': `${long('> ')}x`,
    'lists in lists': long('- '),
    'numbered lists in lists': long('1. '),
    'quotes in lists': long('> + '),
    'lines of nested quotes': long(`${'>'.repeat(60)} x\n`),
    'a table': `|a|b|c|\n|-|-|-|\n${long('|1|**2**|[3](https://e.org)|\n')}`.slice(0, readmeLength),
    'a wide table': `${long('|a').slice(0, 8_000)}|\n${long('|-').slice(0, 8_000)}|\n${long('|1').slice(0, 8_000)}|\n`,
    'elements that are not closed': long('<div><p><b>'),
    'elements in elements': long('<blockquote>'),
    brackets: long('['),
    'links that are not closed': long('[a]('),
    images: long('![a](https://e.org/a.png)'),
    stars: long('*a **b '),
    underscores: long('_a_'),
    backticks: long('`a``b'),
    comments: long('<!-- '),
    entities: long('&#x41;&amp;'),
    code: `\`\`\`js\n${long('const a = "x"; // y\n').slice(0, 24_000)}\n\`\`\``,
    'code in many languages': long('```js\nlet a = 1;\n```\n\n```sh\nls\n```\n\n'),
    addresses: long('https://example.org/a_b '),
    definitions: long('[a]: https://e.org\n'),
    headings: long('# a\n'),
    setext: long('a\n=\n'),
    spaces: long(' '.repeat(500) + '\n'),
    'an attribute that does not end': `<a href="${long('x')}`,
    'javascript links': long('[a](javascript:x) '),
    svg: long('<svg><path d="M0 0"/></svg>'),
  };
  for (const [name, text] of Object.entries(slow)) {
    it(`is rendered or cut in time, and harmless, if it consists of ${name}`, () => {
      const times = [1, 2, 3].map((run) => {
        const started = process.cpuUsage();
        // Not one from the cache.
        const html = renderMarkdown(`${text.slice(0, readmeLength - 10)}\n${run}`);
        const { user, system } = process.cpuUsage(started);
        assertHarmless(html, name);
        return (user + system) / 1_000;
      });
      assert.ok(Math.min(...times) < 250, `${name}: ${times.map(Math.round).join(', ')} ms`);
    });
  }
});
