import ts from 'typescript';
import type { SourceFile } from './source-files';

// What a statement looks like, and no sentence does: `update <name>` of a command line is none.
const statements = [
  /\bselect\b[^;]*\bfrom\b\s+[\w("$]/i,
  /^\s*select\s+(\d|\w+\()/i,
  /\binsert\s+into\s+\w/i,
  /\bupdate\s+[\w."]+(\s+(as\s+)?\w+)?\s+set\s/i,
  /\bdelete\s+from\s+\w/i,
  /^\s*with\s+(recursive\s+)?\w+(\([^)]*\))?\s+as\s+(not\s+)?(materialized\s+)?\(/i,
  /^\s*(lock\s+table|merge\s+into|truncate\s+\w|(alter|create|drop)\s+(table|index|database|schema|role|trigger)\b)/i,
  /^\s*(reindex|vacuum|analyze|refresh\s+materialized)\s+\w/i,
  /^\s*set\s+(local|session|transaction)\b/i,
  /^\s*set\s+[a-z_.]+\s*(=|to\s)/,
];

/** True when the file spells a SQL statement, or most of one, in a string. Comments do not count. */
export function containsSql({ path, text }: SourceFile): boolean {
  // Saves parsing most files.
  if (!/\b(select|insert|update|delete|with|lock|set|create|drop|alter|reindex|vacuum)\b/i.test(text)) {
    return false;
  }
  let found = false;
  const visit = (node: ts.Node): void => {
    if (ts.isStringLiteralLike(node) || ts.isTemplateExpression(node)) {
      const literal = literalText(node);
      found ||= statements.some((statement) => statement.test(literal));
    }
    if (!found) ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(path, text, ts.ScriptTarget.Latest));
  return found;
}

function literalText(node: ts.StringLiteralLike | ts.TemplateExpression): string {
  if (!ts.isTemplateExpression(node)) return node.text;
  return node.head.text + node.templateSpans.map(({ literal }) => `$x${literal.text}`).join('');
}
