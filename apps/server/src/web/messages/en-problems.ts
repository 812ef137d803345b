import { denialReasonOf, type ProblemTexts } from './problems';

const sentence = (text: string): string =>
  `${text.slice(0, 1).toUpperCase()}${text.slice(1)}${/[.!?]$/.test(text) ? '' : '.'}`;

/** Words for errors in English. */
export const problems: ProblemTexts = {
  codes: {
    ACCESS_TOKEN_LIMIT: ({ message }) => sentence(message),
    ACCOUNT_DELETED: () => 'The account was deleted, which is permanent.',
    CROSS_SITE: () =>
      'This request came from a page of another site. Go back to this site and send it from there.',
    DENIED: ({ message }) => {
      const reason = denialReasonOf(message);
      return reason === undefined ? sentence(message) : problems.reasons[reason];
    },
    FORM_IN_PROGRESS: () =>
      'This form was sent before and is still being handled. Look at the result in a moment.',
    EMAIL_AS_USERNAME: () => 'Use your user name, not your e-mail address.',
    INVALID_CREDENTIALS: () => 'User name or password is incorrect.',
    INVITE_INVALID: () => 'The invitation is not valid, or no longer valid.',
    INVITE_REQUIRED: () => 'An invitation is required to sign up. Ask an administrator for one.',
    METHOD_NOT_ALLOWED: () => 'This address does not accept such a request.',
    NAMESPACE_NOT_ASSIGNABLE: () => 'This namespace belongs to the index itself.',
    NAME_RESERVED: () => 'This name is reserved.',
    NAME_TAKEN: () => 'This name is taken, or looks like one that is.',
    NOT_FOUND: () => 'There is nothing here, or you may not see it.',
    OWN_ACCOUNT: () => 'This is your own account. Another administrator can do it.',
    PASSWORD_RESET_INVALID: () =>
      'This link is not valid, or no longer valid. Ask an administrator for another one.',
    REGISTRY_ERROR: () => 'The registry reports an error. Try again later.',
    REGISTRY_EXISTS: ({ message }) => sentence(message),
    REGISTRY_IN_USE: ({ message }) => sentence(message),
    REGISTRY_UNAUTHORIZED: () =>
      'The registry refuses this index. An administrator has to check its configuration.',
    REGISTRY_UNREACHABLE: () => 'The registry does not respond. Try again later.',
    REPOSITORY_DELETED: () => 'A repository of this name was deleted. A push to it restores it.',
    REPOSITORY_EXISTS: () => 'A repository of this name exists already.',
    REPOSITORY_NOT_MOVED: ({ message }) => sentence(message),
    SIGN_UP_CLOSED: () => 'Sign-up is closed. Ask an administrator for an account.',
    TAG_NOT_DELETED: ({ message }) => sentence(message),
    TOO_LARGE: () => 'The request is too large.',
    TOO_MANY_ATTEMPTS: ({ wait }) => `Too many wrong passwords.${again(wait)}`,
    TOO_MANY_REQUESTS: ({ wait }) => `Too many requests in too short a time.${again(wait)}`,
    UNAUTHORIZED: () => 'Log in to continue.',
    UNAVAILABLE: ({ wait }) => `The index cannot answer at the moment.${again(wait)}`,
    VALIDATION_FAILED: () => 'The address or the form contains a value that is not accepted.',
  },
  other: ({ message }) => sentence(message),
  fields: {
    confirm: 'Confirmation',
    current_password: 'Current password',
    description: 'Description',
    email: 'E-mail address',
    expires_at: 'Expiry',
    invite: 'Invitation code',
    label: 'Label',
    name: 'Name',
    password: 'Password',
    permissions: 'Permissions',
    readme: 'README',
    repositories: 'Repositories',
    username: 'User name',
    visibility: 'Visibility',
  },
  values: {
    required: () => 'is required',
    tooShort: (figure) => `must have at least ${figure} characters`,
    tooLong: (figure) => `must have at most ${figure} characters`,
    tooFew: (figure) => (figure === '1' ? 'must not be empty' : `must have at least ${figure} entries`),
    tooMany: (figure) => `must have at most ${figure} entries`,
    email: () => 'must be an e-mail address, such as alice@example.org',
    accountName: () => 'must be 3 to 30 lower-case letters and digits, with single - or _ between them',
    repositoryName: () =>
      'must be lower-case letters and digits, with one ., one or two _, or dashes between them, at most 255 with its namespace',
    oneLine: (figure) => `must be one line of at most ${figure} characters, without marks that reorder text`,
    text: (figure) => `must be text of at most ${figure} characters, without marks that reorder text`,
    commonPassword: () => 'is one of the most common passwords: choose another one',
    ownWords: () => 'must not be made of your name, your e-mail address or words of this service',
    tokenAsPassword: () => 'must not look like an access token',
    pattern: () => 'must be like alice/app, alice/* or centos',
    repeated: () => 'must not repeat',
    past: () => 'must be in the future',
    tooLate: () => 'must be before the year 10000',
    officialPublic: () => 'must be public: official repositories are',
    currentPassword: () => 'is required to change the password',
    emailAsName: () => 'must be the user name, not the e-mail address',
    officialName: () =>
      'must be lower-case letters and digits, with one ., one or two _, or dashes between them, and not 64 hexadecimal digits',
    registryName: () => 'must be 1 to 64 lower-case letters and digits, with dashes between them',
    origin: () =>
      'must be an http or https address without a path, such as https://registry.example.org:5000',
    host: () => 'must be a host name with or without a port, such as registry.example.org:5000',
    service: () => 'must be 1 to 255 letters, digits and ._:/-',
    ownService: () => 'is the name of the index itself in tokens',
    seconds: (figure) => `must be ${figure} seconds`,
    placementPattern: () => 'must look like team-*, or like team-*/app',
    absolutePath: () => 'must be an absolute path of printable ASCII characters',
    absent: () => 'does not exist',
    wholeNumber: () => 'must be a whole number',
    atLeast: (figure) => `must be at least ${figure}`,
    atMost: (figure) => `must be at most ${figure}`,
    oneOf: (figure) => `must be ${figure}`,
    unknown: () => 'is unknown',
  },
  otherValue: (message) => message,
  reasons: {
    disabled: 'Your account is disabled.',
    notOwner: 'This belongs to another account.',
    noOwner: 'This namespace has no owner yet. An administrator may assign it.',
    administrators: 'Only administrators may do this.',
    notAdded: 'No administrator has added an official repository of this name.',
    trustedBuild: 'The images of this repository come from trusted builds only.',
  },
  named: (field, problem) => `${field} ${problem}`,
};

const again = (wait: string): string => (wait === '' ? ' Try again later.' : ` Try again in ${wait}.`);
