import { applyDecorators } from '@nestjs/common';
import { ApiExtension, type OpenAPIObject } from '@nestjs/swagger';
import { STATUS_CODES } from 'node:http';
import { ACCESS_EXTENSION, type AccessRule } from '../../access/access.decorator';

const statusesKey = 'x-statuses';

type PathItem = OpenAPIObject['paths'][string];
/** A route in the document, with what its decorators say for this file. */
export type Operation = NonNullable<PathItem['get']> & {
  [statusesKey]?: number[];
  [ACCESS_EXTENSION]?: AccessRule;
};

/** Statuses of refusals by this route that do not follow from its parameters, its body and its access rule. */
export const Refuses = (...statuses: number[]): MethodDecorator & ClassDecorator =>
  applyDecorators(ApiExtension(statusesKey, statuses));

/** Completes a route: the statuses that it responds with, and the credentials that it accepts. */
export function describeOperation(
  operation: Operation,
  { method, path }: { readonly method: string; readonly path: string },
): void {
  const { [ACCESS_EXTENSION]: rule, [statusesKey]: further = [] } = operation;
  delete operation[ACCESS_EXTENSION];
  delete operation[statusesKey];
  // Nest lists the credentials of the controller and of the route, so some occur twice.
  const unique = new Map(operation.security?.map((scheme) => [JSON.stringify(scheme), scheme]));
  // The empty requirement is the alternative without credentials.
  operation.security = rule === 'anyone' ? [{}, ...unique.values()] : [...unique.values()];
  for (const [status, response] of Object.entries(operation.responses)) {
    if (response !== undefined && 'description' in response)
      response.description ||= STATUS_CODES[status] ?? '';
  }
  const hasBody = operation.requestBody !== undefined;
  const hasInput = hasBody || (operation.parameters ?? []).length > 0;
  const statuses = [
    ...(hasInput ? [400] : []),
    401,
    ...(rule === 'anyone' && method === 'get' ? [] : [403]),
    ...(path.includes('{') ? [404] : []),
    ...(hasBody ? [413, 415] : []),
    429,
    500,
    503,
    ...further,
  ];
  for (const status of statuses.sort((a, b) => a - b))
    operation.responses[String(status)] ??= refusalOf(status);
}

const reasons: Readonly<Record<number, string>> = {
  400: 'A field or a parameter is missing, unknown or malformed; `detail` lists them',
  401: 'Credentials are missing or wrong',
  403: 'The caller may not do this',
  404: 'There is nothing of that name, or the caller may not know that there is',
  409: 'The present state does not allow this',
  413: 'The body is too large',
  415: 'The body is not application/json',
  429: 'Too many requests, or too many wrong passwords; `Retry-After` says how long to wait',
  500: 'An unexpected error; the log contains the id that is in the message',
  502: 'The registry sent an error or an invalid response',
  503: 'Something that the response needs is unavailable; try again later',
};

type Response = Operation['responses'][string];

function refusalOf(status: number): Response {
  return {
    description: reasons[status] ?? STATUS_CODES[status] ?? '',
    content: { 'application/json': { schema: { $ref: '#/components/schemas/Errors' } } },
  };
}
