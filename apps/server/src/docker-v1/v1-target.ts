import { parseRepositoryName, repositoryNameRule, type RepositoryName } from '@central-index/naming';
import { invalidInput, notFound } from '@central-index/platform/errors';

/** What a path under `/v1/repositories/` names. */
export interface V1Target {
  readonly name: RepositoryName;
  readonly part: 'repository' | 'images' | 'auth' | 'tags' | 'layer';
  /** Of `layer`. */
  readonly imageId?: string;
}

type Method = 'GET' | 'PUT' | 'DELETE';

const prefix = '/v1/repositories/';

// The parts of a repository, by method.
const parts: Readonly<Record<Method, readonly string[]>> = {
  GET: ['images', 'tags'],
  PUT: ['images', 'auth'],
  DELETE: ['images'],
};

/**
 * Reads the raw path of a request. Without a namespace, the repository is an official one. Only the trailing slash distinguishes
 * `PUT …/alice/images/`, the repository alice/images, from `PUT …/alice/images`, the image list of the official repository
 * alice; everywhere else it means nothing. Percent-encoding is refused: no name needs it, and two spellings of one name
 * would be two paths for a proxy. Throws NOT_FOUND and VALIDATION_FAILED.
 */
export function readTarget(method: Method, path: string): V1Target {
  const text = path.slice(prefix.length);
  const hasSlash = text.endsWith('/');
  const segments = (hasSlash ? text.slice(0, -1) : text).split('/');
  const [first = '', second = '', third = ''] = segments;
  const isPart = (segment: string): boolean => parts[method].includes(segment);
  switch (segments.length) {
    case 1:
      return requireWritable(method, { name: nameOf(first), part: 'repository' });
    case 2:
      if (isPart(second) && (method === 'GET' || !hasSlash)) {
        return { name: nameOf(first), part: second as V1Target['part'] };
      }
      return requireWritable(method, { name: nameOf(first, second), part: 'repository' });
    case 3:
      if (!isPart(third)) throw notFound('page');
      return { name: nameOf(first, second), part: third as V1Target['part'] };
    default:
      return readLayer(method, segments);
  }
}

// `{repository}/layer/{image}/access`
function readLayer(method: Method, segments: readonly string[]): V1Target {
  const [layer, imageId, access] = segments.slice(-3);
  const name = segments.slice(0, -3);
  if (method !== 'GET' || layer !== 'layer' || access !== 'access' || name.length > 2) {
    throw notFound('page');
  }
  return { name: nameOf(...name), part: 'layer', imageId: imageId! };
}

function requireWritable(method: Method, target: V1Target): V1Target {
  if (method === 'GET') throw notFound('page');
  return target;
}

function nameOf(...components: readonly string[]): RepositoryName {
  const name = components.includes('') ? undefined : parseRepositoryName(components.join('/'));
  if (name === undefined) throw invalidInput([{ field: 'name', message: repositoryNameRule }]);
  return name;
}
