/** Options that every command has. */
export interface OutputOptions {
  readonly json?: boolean;
}

/** Prints a command's answer: `data` as JSON with `--json`, else the text for people. */
export function printResult(options: OutputOptions, data: unknown, text: string | readonly string[]): void {
  const lines = typeof text === 'string' ? [text] : text;
  process.stdout.write(
    options.json ? `${JSON.stringify(data, null, 2)}\n` : lines.map((line) => `${line}\n`).join(''),
  );
}

/** The part of a command's help that shows it in use, one example a line. */
export function examples(...lines: readonly string[]): string {
  return ['', 'Examples:', ...lines.map((line) => `  $ central-index ${line}`)].join('\n');
}
