import { Inject, Injectable } from '@nestjs/common';
import { registryUnreachable } from './registries.errors';
import type { Registry } from './registry';
import { RegistryTokenSource } from './registry-token-source';
import { ownUserAgent } from './own-requests';

/** A registry's response to a request without a token. */
export interface ProbeResponse {
  readonly status: number;
  /** Parameters of its Bearer challenge; empty when it sends none. */
  readonly challenge: Readonly<Record<string, string>>;
  /** Its clock, to the second; undefined when it sends no `Date`. */
  readonly date: Date | undefined;
  /** When the response arrived, by the index's clock. */
  readonly receivedAt: Date;
}

const timeoutMs = 10_000;

/** Sends requests to the root of a registry's API, `/v2/`, for its diagnosis. */
@Injectable()
export class RegistryProbe {
  constructor(@Inject(RegistryTokenSource) private readonly tokens: Pick<RegistryTokenSource, 'token'>) {}

  /** Sends a request without a token. Throws REGISTRY_UNREACHABLE, with the network error as its private detail. */
  async probe(registry: Registry): Promise<ProbeResponse> {
    const response = await this.request(registry, {});
    const date = new Date(response.headers.get('date') ?? '');
    return {
      status: response.status,
      challenge: readChallenge(response.headers.get('www-authenticate') ?? ''),
      date: Number.isNaN(date.getTime()) ? undefined : date,
      receivedAt: new Date(),
    };
  }

  /** The status of its response to a token of the index for that service. Throws REGISTRY_UNREACHABLE. */
  async statusFor(registry: Registry, service: string): Promise<number> {
    const token = await this.tokens.token({ ...registry, service }, []);
    return (await this.request(registry, { authorization: `Bearer ${token}` })).status;
  }

  private async request(registry: Registry, headers: Record<string, string>): Promise<Response> {
    const options = {
      headers: { ...headers, 'user-agent': ownUserAgent },
      redirect: 'manual',
      signal: AbortSignal.timeout(timeoutMs),
    } as const;
    const response = await fetch(`${registry.url}/v2/`, options).catch((error: unknown) => {
      throw registryUnreachable(registry.name).withPrivateDetail(networkErrorOf(error));
    });
    await response.body?.cancel();
    return response;
  }
}

function readChallenge(header: string): Record<string, string> {
  if (!/^bearer /i.test(header)) return {};
  const parameters = header.matchAll(/([a-z_]+)="([^"]*)"/gi);
  return Object.fromEntries([...parameters].map(([, key = '', value = '']) => [key, value]));
}

// With the code, such as ECONNREFUSED or CERT_HAS_EXPIRED, by which the doctor distinguishes failures.
function networkErrorOf(error: unknown): string {
  const { cause, message } = error as Error & { cause?: Error & { code?: string } };
  if (cause === undefined) return message;
  return [cause.code, cause.message].filter(Boolean).join(': ');
}
