import { describe, it } from '@jest/globals';
import assert from 'node:assert/strict';
import ts from 'typescript';
import { sourceFiles } from './source-files';

const maxFunctionLines = 60;

const isProduct = (path: string): boolean =>
  /^(apps|libs)\//.test(path) && !/\.(spec|contract)\.tsx?$/.test(path);

function isExported(node: ts.Node): boolean {
  return (
    ts.canHaveModifiers(node) &&
    (ts.getModifiers(node) ?? []).some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword)
  );
}

/** Exported declarations without a docstring, as `path: name`. */
export function undocumented(path: string, text: string): string[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  return file.statements.filter(isExported).flatMap((statement) => {
    if (ts.getJSDocCommentsAndTags(statement).length > 0) return [];
    const names = ts.isVariableStatement(statement)
      ? statement.declarationList.declarations.map(({ name }) => name.getText(file))
      : [(statement as ts.DeclarationStatement).name?.getText(file) ?? ''];
    return names.map((name) => `${path}: ${name}`);
  });
}

/** Functions of more than 60 lines, as `path:line: length`. */
export function longFunctions(path: string, text: string): string[] {
  const file = ts.createSourceFile(path, text, ts.ScriptTarget.Latest, true);
  const found: string[] = [];
  const lineOf = (position: number): number => file.getLineAndCharacterOfPosition(position).line;
  const visit = (node: ts.Node): void => {
    if (ts.isFunctionLike(node) && 'body' in node && node.body !== undefined) {
      const [first, last] = [lineOf(node.getStart(file)), lineOf(node.end)];
      if (last - first >= maxFunctionLines) found.push(`${path}:${first + 1}: ${last - first + 1} lines`);
    }
    ts.forEachChild(node, visit);
  };
  visit(file);
  return found;
}

describe('style', () => {
  const files = sourceFiles().filter(({ path }) => isProduct(path));

  it('documents every exported declaration', () => {
    assert.deepEqual(
      files.flatMap(({ path, text }) => undocumented(path, text)),
      [],
    );
  });

  it('keeps functions within 60 lines', () => {
    assert.deepEqual(
      files.flatMap(({ path, text }) => longFunctions(path, text)),
      [],
    );
  });

  it('finds what it looks for (a test of the test)', () => {
    assert.deepEqual(undocumented('a.ts', '/** A. */\nexport const a = 1;\nexport class B {}'), ['a.ts: B']);
    assert.equal(longFunctions('a.ts', `function f() {\n${'1;\n'.repeat(60)}}`).length, 1);
    assert.equal(longFunctions('a.ts', `function f() {\n${'1;\n'.repeat(50)}}`).length, 0);
  });
});
