import type { FastifyInstance } from 'fastify';

/** The methods of the routes at a path. */
export interface MatchedPath {
  /** In the order of `Allow`, with HEAD beside GET and always OPTIONS. */
  readonly methods: readonly string[];
  /** False if the path has a percent-encoded character where the routes have fixed text. */
  readonly isPlain: boolean;
}

const methodOrder = ['GET', 'HEAD', 'POST', 'PUT', 'PATCH', 'DELETE', 'OPTIONS'];

/** The routes of a server, to answer requests that match one by its path and not by its method. */
export class RouteTable {
  private readonly methodsByPattern = new Map<string, Set<string>>();

  /** Collects every route that is registered after this call. */
  register(server: FastifyInstance): void {
    server.addHook('onRoute', ({ method, url }) => {
      const methods = this.methodsByPattern.get(url) ?? new Set<string>();
      this.methodsByPattern.set(url, methods);
      for (const one of [method].flat()) methods.add(one);
    });
  }

  /** Who is at a path; undefined if no route is. */
  match(path: string): MatchedPath | undefined {
    const patterns = [...this.methodsByPattern.keys()].filter((pattern) => matchesPattern(pattern, path));
    if (patterns.length === 0) return undefined;
    const methods = new Set(patterns.flatMap((pattern) => [...this.methodsByPattern.get(pattern)!]));
    methods.add('OPTIONS');
    if (methods.has('GET')) methods.add('HEAD');
    return {
      methods: methodOrder.filter((method) => methods.has(method)),
      isPlain: patterns.some((pattern) => spellsFixedSegments(pattern, path)),
    };
  }
}

/**
 * True if the fixed segments of a route's pattern are written in the path without percent-encoding. A proxy compares the
 * path as it is written: to it, `/%72eadyz` is another path than `/readyz`.
 */
export function spellsFixedSegments(pattern: string, path: string): boolean {
  const written = segmentsOf(path);
  return segmentsOf(pattern).every((segment, index) => isParameter(segment) || written[index] === segment);
}

function matchesPattern(pattern: string, path: string): boolean {
  const [fixed, written] = [segmentsOf(pattern), segmentsOf(path)];
  return (
    fixed.length === written.length &&
    fixed.every((segment, index) => isParameter(segment) || segment === decode(written[index]!))
  );
}

// Routers ignore one trailing slash, as ours does.
const segmentsOf = (path: string): string[] => path.replace(/\/$/, '').split('/');
const isParameter = (segment: string): boolean => segment.startsWith(':') || segment === '*';

function decode(segment: string): string {
  try {
    return decodeURIComponent(segment);
  } catch {
    return segment;
  }
}
