import { createInterface } from 'node:readline/promises';
import { Writable } from 'node:stream';
import { passwordNeeded, passwordsDiffer } from './cli.errors';

/** A password from standard input, up to the first line break, or typed twice at a terminal without being shown. */
export async function readPassword(options: { readonly fromStdin: boolean }): Promise<string> {
  if (options.fromStdin) return firstLine(process.stdin);
  if (!process.stdin.isTTY) throw passwordNeeded();
  const password = await promptHidden('Password: ');
  if ((await promptHidden('Once more: ')) !== password) throw passwordsDiffer();
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
  // The line editor echoes what is typed; it may do so into nothing.
  const nowhere = new Writable({ write: (_chunk, _encoding, done) => done() });
  const editor = createInterface({ input: process.stdin, output: nowhere, terminal: true });
  const interrupted = new AbortController();
  editor.on('SIGINT', () => interrupted.abort());
  try {
    return await editor.question('', { signal: interrupted.signal });
  } catch {
    throw passwordNeeded();
  } finally {
    editor.close();
    process.stderr.write('\n');
  }
}
