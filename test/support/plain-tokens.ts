import { Module } from '@nestjs/common';
import { RegistryTokenSource, type Registry, type RegistryAccess } from '@central-index/registries';

/** Issues tokens without a signature, for specs of libraries that have no signing keys. A FakeRegistry accepts them. */
export class PlainTokens extends RegistryTokenSource {
  token(registry: Registry, access: readonly RegistryAccess[]): Promise<string> {
    const claims = { aud: registry.service, sub: ':index', access };
    return Promise.resolve(`plain.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`);
  }

  v1Authorization(path: string, access: 'read' | 'delete'): Promise<string> {
    return Promise.resolve(`Token signature=plain,repository="${path}",access=${access}`);
  }
}

/** Provides PlainTokens where an app provides the source of signed tokens. */
@Module({
  providers: [{ provide: RegistryTokenSource, useClass: PlainTokens }],
  exports: [RegistryTokenSource],
})
export class PlainTokensModule {}
