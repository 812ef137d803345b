/** Options of every command. */
export interface OutputOptions {
  readonly json?: boolean;
}

/** Prints the result of a command: `data` as JSON with `--json`, else the text. */
export function printResult(options: OutputOptions, data: unknown, text: string | readonly string[]): void {
  const lines = typeof text === 'string' ? [text] : text;
  process.stdout.write(
    options.json ? `${JSON.stringify(data, null, 2)}\n` : lines.map((line) => `${line}\n`).join(''),
  );
}

/** The examples in a command's help, one per line. */
export function examples(...lines: readonly string[]): string {
  return ['', 'Examples:', ...lines.map((line) => `  $ central-index ${line}`)].join('\n');
}
