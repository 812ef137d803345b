/** Codes of errors that pages have words of their own for. */
export const problemCodes = [
  'ACCESS_TOKEN_LIMIT',
  'ACCOUNT_DELETED',
  'CROSS_SITE',
  'DENIED',
  'EMAIL_AS_USERNAME',
  'FORM_IN_PROGRESS',
  'INVALID_CREDENTIALS',
  'INVITE_INVALID',
  'INVITE_REQUIRED',
  'METHOD_NOT_ALLOWED',
  'NAMESPACE_NOT_ASSIGNABLE',
  'NAME_RESERVED',
  'NAME_TAKEN',
  'NOT_FOUND',
  'OWN_ACCOUNT',
  'PASSWORD_RESET_INVALID',
  'REGISTRY_ERROR',
  'REGISTRY_EXISTS',
  'REGISTRY_IN_USE',
  'REGISTRY_UNAUTHORIZED',
  'REGISTRY_UNREACHABLE',
  'REPOSITORY_DELETED',
  'REPOSITORY_EXISTS',
  'REPOSITORY_NOT_MOVED',
  'SIGN_UP_CLOSED',
  'TAG_NOT_DELETED',
  'TOO_LARGE',
  'TOO_MANY_ATTEMPTS',
  'TOO_MANY_REQUESTS',
  'UNAUTHORIZED',
  'UNAVAILABLE',
  'VALIDATION_FAILED',
] as const;
/** One of `problemCodes`. */
export type ProblemCode = (typeof problemCodes)[number];

/** True for an error that pages have words for. */
export const isProblemCode = (code: string): code is ProblemCode =>
  (problemCodes as readonly string[]).includes(code);

/** The fields of forms whose names pages show. */
export type FieldName =
  | 'confirm'
  | 'current_password'
  | 'description'
  | 'email'
  | 'expires_at'
  | 'invite'
  | 'label'
  | 'name'
  | 'password'
  | 'permissions'
  | 'readme'
  | 'repositories'
  | 'username'
  | 'visibility';

// What the API says of a value, and what that is called here. The groups of an expression are the arguments of the text.
const rules = {
  required: /^(?:is required|must not be empty)$/,
  tooShort: /^must have at least (\d+) characters?$/,
  tooLong: /^must have at most (\d+) (?:characters?|bytes)$/,
  tooFew: /^must have at least (\d+) entr(?:y|ies)$/,
  tooMany: /^must have at most (\d+) entr(?:y|ies)$/,
  email: /^must be an e-mail address/,
  accountName: /^must be 3 to 30 lower-case letters/,
  repositoryName: /^must be lower-case letters and digits.*slash/,
  oneLine: /^must be one line of (?:1 to |at most )(\d+) characters/,
  text: /^must be text of at most (\d+) characters/,
  commonPassword: /^is one of the most common passwords/,
  ownWords: /^must not be made of your name/,
  tokenAsPassword: /^must not look like an access token/,
  pattern: /^must be like alice\/app/,
  repeated: /^must not repeat/,
  past: /^must be in the future/,
  tooLate: /^must be before the year/,
  officialPublic: /^official repositories are public/,
  currentPassword: /^is required to change the password/,
  emailAsName: /^use the user name, not the e-mail address/,
  officialName: /^must be lower-case letters and digits.*hexadecimal/,
  registryName: /^must be 1 to 64 lower-case letters/,
  origin: /^must be an http or https origin/,
  host: /^must be a host name/,
  service: /^must be 1 to 255 letters/,
  ownService: /own name in tokens$/,
  seconds: /^must be (\d+ to \d+) seconds$/,
  placementPattern: /^must look like team-/,
  absolutePath: /^must be an absolute path/,
  absent: /^[\w ]+ (?:"[^"]*" )?not found$/,
  wholeNumber: /^must be a (?:whole )?number/,
  atLeast: /^must be at least (\d+)$/,
  atMost: /^must be at most (\d+)$/,
  oneOf: /^must be ([\w, -]+)$/,
  unknown: /^is unknown/,
} as const;

/** What can be wrong with the value of a field. */
export type FieldProblem = keyof typeof rules;

/** Which problem a message of the API states, with its figures; undefined for one that pages have no words for. */
export function fieldProblemOf(message: string): { problem: FieldProblem; figure: string } | undefined {
  for (const [problem, pattern] of Object.entries(rules) as [FieldProblem, RegExp][]) {
    const found = pattern.exec(message);
    if (found !== null) return { problem, figure: found[1] ?? '' };
  }
  return undefined;
}

// Why something is denied, as the API says it.
const reasons = {
  disabled: /the account is disabled/,
  notOwner: /does not belong to the account/,
  noOwner: /has no owner yet/,
  administrators: /only administrators/,
  notAdded: /no administrator has added/,
  trustedBuild: /from trusted builds only/,
} as const;

/** Why something is denied. */
export type DenialReason = keyof typeof reasons;

/** The reason in a message of the API; undefined for one that pages have no words for. */
export function denialReasonOf(message: string): DenialReason | undefined {
  return (Object.keys(reasons) as DenialReason[]).find((reason) => reasons[reason].test(message));
}

/** What the words of an error may name. */
export interface ProblemFacts {
  /** The message of the API. */
  readonly message: string;
  /** How long to wait before a retry, in words; empty if that is unknown. */
  readonly wait: string;
}

/** The words for errors in one language. */
export interface ProblemTexts {
  readonly codes: Readonly<Record<ProblemCode, (facts: ProblemFacts) => string>>;
  /** For an error without words of its own. */
  readonly other: (facts: ProblemFacts) => string;
  readonly fields: Readonly<Record<FieldName, string>>;
  /** What is wrong with a value, in words that follow the name of its field. */
  readonly values: Readonly<Record<FieldProblem, (figure: string) => string>>;
  /** For a problem without words of its own. */
  readonly otherValue: (message: string) => string;
  readonly reasons: Readonly<Record<DenialReason, string>>;
  /** A field and what is wrong with it. */
  readonly named: (field: string, problem: string) => string;
}
