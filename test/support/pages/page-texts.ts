/** A README with everything that Markdown has, and with what it must not have. */
export const readme = `# App

Serves *pages*, with **strong** words, \`code\`, ~~mistakes~~ and a [link](https://example.org/app "Title").
Relative: [guide](docs/guide.md), and [down](#configuration).

## Configuration

| variable | default | meaning |
| :------- | ------: | ------- |
| \`PORT\` | 8080 | where it listens |
| \`A_VERY_LONG_NAME_OF_A_VARIABLE_THAT_DOES_NOT_BREAK\` | none | a cell that is as wide as the name before it |

1. one
2. two
   - nested
     - deeper
3. three

- [x] done
- [ ] to do

> A quote
> of two lines.

\`\`\`js
// A comment
const answer = { text: 'forty-two', value: 42, list: [true, null, undefined], long: 'a line that is wider than a phone' };
export function serve(port = 8080) { return answer; }
\`\`\`

\`\`\`sh
docker run --rm -p 8080:8080 registry.example.org/alice/app:v1 --with-a-long-option=and-a-long-value --and-another
\`\`\`

### 配置

读取环境变量 \`PORT\`，默认为 8080。

<details><summary>More</summary>

Hidden <kbd>Ctrl</kbd>+<kbd>C</kbd> text, <sub>below</sub> and <sup>above</sup>.

</details>

<script>alert(1)</script><img src=x onerror=alert(1)>
`;

/** A description that would run, were it not escaped. */
export const hostileDescription = `"><script>alert('&amp;')</script><img src=x onerror="alert(1)"> ${'W'.repeat(40)}`;

/** A description in Chinese. */
export const chineseDescription = '一个用于演示的容器镜像，支持多种平台，包含常用工具与示例配置。';

/** A description as most people write them. */
export const appDescription = 'Serves pages.';

/** The description of an official repository. */
export const centosDescription = 'The official build of CentOS.';
