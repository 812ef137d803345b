import ts from 'typescript';
import { join } from 'node:path';
import { packageRoot } from '@central-index/platform/config';

/** What the source of one `*.queries.ts` file declares. */
export interface QueriesFile {
  /** The row type of each exported query, or of each query in an exported list of them. */
  readonly rows: ReadonlyMap<string, RowType>;
  /** Declarations that do not belong in such a file. */
  readonly unexpected: readonly string[];
}

/** The type of a query's rows as the compiler sees it. */
export interface RowType {
  /** True when the query declares no row type, so that its columns are not read. */
  readonly isUnread: boolean;
  readonly columns: readonly {
    readonly name: string;
    readonly isOptional: boolean;
    readonly type: ts.Type;
  }[];
}

/** Reads the row types of queries from their source. One compiler program serves all files. */
export class QueryTypes {
  private readonly program: ts.Program;
  private readonly checker: ts.TypeChecker;

  constructor(private readonly paths: readonly string[]) {
    const configPath = join(packageRoot, 'tsconfig.json');
    const { config } = ts.readConfigFile(configPath, (path) => ts.sys.readFile(path)) as { config: object };
    const { options } = ts.parseJsonConfigFileContent(
      { ...config, include: [], files: [] },
      ts.sys,
      packageRoot,
    );
    this.program = ts.createProgram(
      paths.map((path) => join(packageRoot, path)),
      { ...options, noEmit: true, incremental: false, tsBuildInfoFile: undefined },
    );
    this.checker = this.program.getTypeChecker();
  }

  /** Row types and unexpected declarations by path. */
  read(): Map<string, QueriesFile> {
    return new Map(this.paths.map((path) => [path, this.readFile(path)]));
  }

  /** True when a column that pg parses to `value` has the type; `null` stands for a type that pg parses to anything. */
  accepts(type: ts.Type, value: unknown): boolean {
    const { checker } = this;
    const given = checker.getNonNullableType(type);
    if (given.flags & (ts.TypeFlags.Any | ts.TypeFlags.Never)) return false;
    if (value === null) return true;
    if (Array.isArray(value)) {
      if (!checker.isArrayType(given)) return false;
      const [element] = checker.getTypeArguments(given as ts.TypeReference);
      return this.accepts(element!, value[0]);
    }
    if (value instanceof Date) return given.symbol?.name === 'Date';
    if (Buffer.isBuffer(value)) return given.symbol?.name === 'Buffer' || given.symbol?.name === 'Uint8Array';
    const primitives: Record<string, ts.Type> = {
      boolean: checker.getBooleanType(),
      number: checker.getNumberType(),
      string: checker.getStringType(),
    };
    const expected = primitives[typeof value];
    return expected !== undefined && checker.isTypeAssignableTo(given, expected);
  }

  /** The type as its source spells it. */
  describe(type: ts.Type): string {
    return this.checker.typeToString(type);
  }

  private readFile(path: string): QueriesFile {
    const source = this.program.getSourceFile(join(packageRoot, path))!;
    const rows = new Map<string, RowType>();
    const unexpected: string[] = [];
    for (const statement of source.statements) {
      const isType = ts.isInterfaceDeclaration(statement) || ts.isTypeAliasDeclaration(statement);
      if (isType || ts.isImportDeclaration(statement)) continue;
      const isExported =
        ts.canHaveModifiers(statement) &&
        ts.getModifiers(statement)?.some(({ kind }) => kind === ts.SyntaxKind.ExportKeyword);
      for (const name of declaredNames(statement)) {
        const queries = name && this.queriesIn(name.text, this.checker.getTypeAtLocation(name));
        if (queries === undefined) unexpected.push(name?.text ?? statement.getText(source).slice(0, 60));
        else if (queries.size > 0 && !isExported)
          unexpected.push(`${name!.text} must be exported, or it is not tested`);
        else for (const [key, row] of queries) rows.set(key, row);
      }
    }
    return { rows, unexpected };
  }

  // Queries by name; none in a fragment of SQL or a constant; undefined for anything else.
  private queriesIn(name: string, type: ts.Type): Map<string, RowType> | undefined {
    const scalar = ts.TypeFlags.StringLike | ts.TypeFlags.NumberLike;
    if (type.flags & scalar) return new Map();
    const row = type.symbol?.name === 'Query' && type.getProperty('row');
    if (row) return new Map([[name, this.rowType(this.checker.getTypeOfSymbol(row))]]);
    const [signature] = type.getCallSignatures();
    if (signature) return this.queriesOf(name, type, signature);
    const members = this.membersOf(name, type).map(([key, member]) => this.queriesIn(key, member));
    if (members.length === 0 || members.includes(undefined)) return undefined;
    return new Map(members.flatMap((queries) => [...queries!]));
  }

  // Of a list of queries, which is an array, a tuple or an object literal. Elements of an array share its name.
  private membersOf(name: string, type: ts.Type): (readonly [string, ts.Type])[] {
    const { checker } = this;
    if (checker.isArrayType(type) || checker.isTupleType(type)) {
      return checker.getTypeArguments(type as ts.TypeReference).map((member) => [name, member]);
    }
    const literal = ts.ObjectFlags.Anonymous | ts.ObjectFlags.Mapped;
    const isLiteral = type.flags & ts.TypeFlags.Object && (type as ts.ObjectType).objectFlags & literal;
    if (!isLiteral || type.getConstructSignatures().length > 0) return [];
    return type.getProperties().map((member) => [`${name}.${member.name}`, checker.getTypeOfSymbol(member)]);
  }

  // A function may return a fragment, or a query that it assembles and has samples of.
  private queriesOf(name: string, type: ts.Type, signature: ts.Signature): Map<string, RowType> | undefined {
    const queries = this.queriesIn(name, signature.getReturnType());
    return queries?.size === 0 || type.getProperty('samples') ? queries : undefined;
  }

  private rowType(row: ts.Type): RowType {
    return {
      isUnread: (row.flags & ts.TypeFlags.Never) !== 0,
      columns: this.checker.getPropertiesOfType(row).map((property) => ({
        name: property.name,
        isOptional: (property.flags & ts.SymbolFlags.Optional) !== 0,
        type: this.checker.getTypeOfSymbol(property),
      })),
    };
  }
}

// The names that a statement declares; undefined stands for a statement that declares none.
function declaredNames(statement: ts.Statement): (ts.Identifier | undefined)[] {
  if (ts.isFunctionDeclaration(statement)) return [statement.name];
  const isConst = ts.isVariableStatement(statement) && statement.declarationList.flags & ts.NodeFlags.Const;
  if (!isConst) return [undefined];
  return statement.declarationList.declarations.map(({ name }) => (ts.isIdentifier(name) ? name : undefined));
}
