import { AccountsModule } from '@central-index/accounts';
import { TokensModule } from '@central-index/tokens';
import { Module } from '@nestjs/common';
import { KeysController } from './keys.controller';
import { SigningKeyInitializer } from './signing-key-initializer';
import { TokenCache } from './token-cache';
import { TokenRequestLimits } from './token-request-limits';
import { TokenController } from './token.controller';

/** The token endpoint `/token`, and under `/.well-known` the public keys that verify its tokens. */
@Module({
  imports: [AccountsModule, TokensModule],
  controllers: [KeysController, TokenController],
  providers: [SigningKeyInitializer, TokenRequestLimits, TokenCache],
  exports: [TokenRequestLimits],
})
export class TokenModule {}
