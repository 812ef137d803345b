import {
  createSourceFile,
  forEachChild,
  isArrowFunction,
  isBinaryExpression,
  isFunctionDeclaration,
  isFunctionExpression,
  isIdentifier,
  isMethodDeclaration,
  isMethodSignature,
  isPrivateIdentifier,
  isPropertyAssignment,
  isPropertyDeclaration,
  isRegularExpressionLiteral,
  isTemplateExpression,
  isTemplateSpan,
  isVariableDeclaration,
  ScriptTarget,
  SyntaxKind,
  type Node,
} from 'typescript';

/** A name in a file: an identifier, that of a declared function, a string without white space, or a part of a path. */
export interface Name {
  readonly text: string;
  readonly offset: number;
  readonly kind: 'identifier' | 'function' | 'string' | 'path';
}

/** What people read in a file. */
export interface ReadableText {
  readonly names: readonly Name[];
  /** Comments first, then texts in strings. Each is as long as the file, so that offsets are those of the file. */
  readonly proses: readonly string[];
}

/** Markdown, YAML and the like are prose; of a shell script only its comments are. */
export function readMarkup(path: string, text: string): ReadableText {
  if (!/^\.(ci|githooks)\/|\.sh$/.test(path)) return { names: [], proses: [text] };
  const comments = new Mask(text);
  for (const match of text.matchAll(/(?<=^|\s)#.*$/gm)) {
    comments.show(match.index, match.index + match[0].length);
  }
  return { names: [], proses: [withoutMarkers(comments.toString())] };
}

/** Splits a TypeScript or JavaScript file into its names, its comments and its strings. */
export function readSource(path: string, text: string): ReadableText {
  const names: Name[] = [];
  const strings = new Mask(text);
  const code = text.split('');
  const visit = (node: Node): void => {
    if (isIdentifier(node) || isPrivateIdentifier(node)) {
      const kind = declaresFunction(node) ? 'function' : 'identifier';
      names.push({ text: node.text.replace(/^#/, ''), offset: node.getStart(source), kind });
    } else if (isRegularExpressionLiteral(node)) {
      // A pattern matches the text of others, which is read where it is written.
      code.fill('.', node.getStart(source), node.getEnd());
    } else if (literals.has(node.kind)) {
      const start = node.kind === SyntaxKind.JsxText ? node.getFullStart() : node.getStart(source);
      code.fill('.', start, node.getEnd());
      const literal = text.slice(start + 1, node.getEnd() - 1);
      if (isProse(node, text)) strings.show(start, node.getEnd());
      else names.push({ text: literal, offset: start + 1, kind: 'string' });
    }
    forEachChild(node, visit);
  };
  const source = createSourceFile(path, text, ScriptTarget.Latest, true);
  visit(source);
  const comments = new Mask(text);
  // Literals are masked by now, so what looks like a comment is one.
  for (const match of code.join('').matchAll(/\/\*[\s\S]*?\*\/|\/\/.*$/gm)) {
    comments.show(match.index, match.index + match[0].length);
  }
  return { names, proses: [withoutMarkers(comments.toString()), strings.toString()] };
}

// A string without white space is a name: a path, a code, a value. A template is one text with its expressions.
function isProse(literal: Node, text: string): boolean {
  let whole = literal;
  if (isTemplateSpan(whole.parent)) whole = whole.parent.parent;
  else if (isTemplateExpression(whole.parent)) whole = whole.parent;
  return whole.kind === SyntaxKind.JsxText || /\s/.test(text.slice(whole.pos, whole.end).trim());
}

const literals = new Set<SyntaxKind>([
  SyntaxKind.StringLiteral,
  SyntaxKind.NoSubstitutionTemplateLiteral,
  SyntaxKind.TemplateHead,
  SyntaxKind.TemplateMiddle,
  SyntaxKind.TemplateTail,
  SyntaxKind.JsxText,
]);

function declaresFunction(name: Node): boolean {
  const { parent } = name;
  if (isFunctionDeclaration(parent) || isMethodDeclaration(parent) || isMethodSignature(parent)) {
    return parent.name === name;
  }
  if (isVariableDeclaration(parent) || isPropertyDeclaration(parent) || isPropertyAssignment(parent)) {
    const value = parent.initializer;
    return (
      parent.name === name && value !== undefined && (isArrowFunction(value) || isFunctionExpression(value))
    );
  }
  return isBinaryExpression(parent) && parent.left === name && isArrowFunction(parent.right);
}

// Code between comments becomes a character that no phrase contains, so that none is found across it.
class Mask {
  private readonly characters: string[];

  constructor(private readonly text: string) {
    this.characters = text.replace(/\S/g, '|').split('');
  }

  show(start: number, end: number): void {
    for (let at = start; at < end; at += 1) this.characters[at] = this.text[at]!;
  }

  toString(): string {
    return this.characters.join('');
  }
}

// Markers would separate the words of a phrase that continues on the next line.
function withoutMarkers(comments: string): string {
  return comments.replace(/^(\s*)(\/\/|\/?\*+\/?|#+)/gm, (marker) => ' '.repeat(marker.length));
}
