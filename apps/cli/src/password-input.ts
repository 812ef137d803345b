import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { passwordRequired, passwordsDiffer } from './cli.errors';

/**
 * A password: the first line of standard input, or typed twice at hidden prompts. Throws PASSWORD_REQUIRED without a
 * terminal and when the prompt is interrupted, and PASSWORDS_DIFFER.
 */
export async function readPassword(options: { readonly fromStdin: boolean }): Promise<string> {
  if (options.fromStdin) return firstLine(process.stdin);
  if (!process.stdin.isTTY) throw passwordRequired();
  const password = await promptHidden('Password: ');
  if ((await promptHidden('Repeat password: ')) !== password) throw passwordsDiffer();
  return password;
}

async function firstLine(input: NodeJS.ReadableStream): Promise<string> {
  const chunks: Buffer[] = [];
  for await (const chunk of input) {
    const bytes = Buffer.from(chunk);
    chunks.push(bytes);
    if (bytes.includes('\n')) break;
  }
  return Buffer.concat(chunks).toString('utf8').split(/\r?\n/, 1)[0]!;
}

async function promptHidden(question: string): Promise<string> {
  process.stderr.write(question);
  // The line editor echoes what is typed, so its output is discarded.
  const discarded = new Writable({ write: (_chunk, _encoding, done) => done() });
  const editor = createInterface({ input: process.stdin, output: discarded, terminal: true });
  const interrupted = new AbortController();
  editor.on('SIGINT', () => interrupted.abort());
  try {
    return await editor.question('', { signal: interrupted.signal });
  } catch {
    throw passwordRequired();
  } finally {
    editor.close();
    process.stderr.write('\n');
  }
}
