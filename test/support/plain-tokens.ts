import { Module } from '@nestjs/common';
import { RegistryTokenSource, type Registry, type RegistryAccess } from '@central-index/registries';

/** Tokens without a signature, for specs of rooms that know no keys; a FakeRegistry believes them. */
export class PlainTokens extends RegistryTokenSource {
  token(registry: Registry, access: readonly RegistryAccess[]): Promise<string> {
    const claims = { aud: registry.service, sub: ':index', access };
    return Promise.resolve(`plain.${Buffer.from(JSON.stringify(claims)).toString('base64url')}.`);
  }
}

/** Plugs such tokens in where an app plugs in the signed ones. */
@Module({
  providers: [{ provide: RegistryTokenSource, useClass: PlainTokens }],
  exports: [RegistryTokenSource],
})
export class PlainTokensModule {}
