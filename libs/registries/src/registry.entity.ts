import { Check, Column, Entity, PrimaryGeneratedColumn, Unique } from 'typeorm';
import type { RegistryKind, TokenAlgorithm } from './registry';

/** A blob registry as stored; private to this library. */
@Entity({
  name: 'registry',
  comment:
    'Blob registries: url is where the index reaches one, host is what clients use, service is its name in tokens',
})
@Unique(['name'])
@Unique(['service'])
@Unique(['host'])
@Check('registry_kind_check', `kind in ('distribution2', 'distribution3', 'zot', 'v1')`)
@Check('registry_service_check', `service <> 'central-index'`)
@Check('registry_token_algorithm_check', `token_algorithm in ('ES256', 'RS256')`)
@Check('registry_token_ttl_check', 'token_ttl between 60 and 3600')
export class RegistryEntity {
  @PrimaryGeneratedColumn('identity', { type: 'bigint', generatedIdentity: 'ALWAYS' })
  id: string;

  @Column('text')
  name: string;

  @Column('text')
  url: string;

  @Column('text')
  host: string;

  @Column('text', { nullable: true })
  hookUrl: string | null;

  @Column('text')
  service: string;

  @Column('text')
  kind: RegistryKind;

  @Column('integer', { nullable: true })
  tokenTtl: number | null;

  @Column('text', { default: 'ES256' })
  tokenAlgorithm: TokenAlgorithm;

  @Column('bytea', { comment: 'SHA-256 of the secret that authenticates its notifications' })
  hookSecretHash: Buffer;

  @Column('boolean', {
    default: false,
    comment:
      'True if a proxy in front of the registry sets X-Forwarded-For, so that the addresses in its events are those of clients',
  })
  behindProxy: boolean;

  @Column('timestamptz', { default: () => 'now()' })
  createdAt: Date;
}
