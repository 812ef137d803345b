import { AccountsModule } from '@central-index/accounts';
import { RegistriesModule, RegistryTokenSource } from '@central-index/registries';
import { RepositoriesModule } from '@central-index/repositories';
import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { AnonymousTokenCache } from './anonymous-token-cache';
import { AuthorityRotation } from './authority-rotation.service';
import { CertificateAuthorityEntity } from './certificate-authority.entity';
import { GrantsService } from './grants.service';
import { InternalTokens } from './internal-tokens';
import { KeyRing } from './key-ring';
import { PushSuggestions } from './push-suggestions';
import { GrantCache } from './grant-cache';
import { PushGrantsService } from './push-grants.service';
import { RegistryConfigurations } from './registry-configurations.service';
import { RegistryKeyRotation } from './registry-key-rotation.service';
import { SigningKeyEntity } from './signing-key.entity';
import { SigningKeysService } from './signing-keys.service';
import { TokenExplainer } from './token-explainer';
import { TokenSigner } from './token-signer';
import { TokenVerifier } from './token-verifier';
import { V1Tokens } from './v1-tokens.service';

/** Grants, the tokens that state them, and the keys that sign those. */
@Module({
  imports: [
    TypeOrmModule.forFeature([CertificateAuthorityEntity, SigningKeyEntity]),
    AccountsModule,
    RegistriesModule,
    RepositoriesModule,
  ],
  providers: [
    SigningKeysService,
    KeyRing,
    TokenExplainer,
    TokenSigner,
    TokenVerifier,
    V1Tokens,
    GrantsService,
    PushGrantsService,
    PushSuggestions,
    AnonymousTokenCache,
    GrantCache,
    AuthorityRotation,
    RegistryConfigurations,
    RegistryKeyRotation,
    InternalTokens,
    { provide: RegistryTokenSource, useExisting: InternalTokens },
  ],
  exports: [
    AuthorityRotation,
    RegistryConfigurations,
    RegistryKeyRotation,
    AnonymousTokenCache,
    GrantCache,
    SigningKeysService,
    TokenExplainer,
    TokenSigner,
    TokenVerifier,
    V1Tokens,
    GrantsService,
    InternalTokens,
    RegistryTokenSource,
  ],
})
export class TokensModule {}
