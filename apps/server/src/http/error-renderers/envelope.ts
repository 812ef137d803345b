import type { DomainError } from '@central-index/platform/errors';

/** The error object of the distribution specification, which the REST API uses as well. */
export interface ErrorEnvelope {
  readonly code: string;
  readonly message: string;
  readonly detail: unknown;
}

/** The envelope of an error with its own code. `detail` is null unless the error has a public one. */
export function envelopeOf(error: DomainError): ErrorEnvelope {
  return { code: error.code, message: error.message, detail: error.publicDetail ?? null };
}

/** The envelope with the code of the distribution specification: Docker clients know no others. */
export function ociEnvelopeOf(error: DomainError): ErrorEnvelope {
  return { ...envelopeOf(error), code: ociCodes[error.status] ?? error.code };
}

const ociCodes: Readonly<Record<number, string>> = {
  401: 'UNAUTHORIZED',
  403: 'DENIED',
  429: 'TOOMANYREQUESTS',
};
