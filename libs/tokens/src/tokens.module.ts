import { RegistriesModule } from '@central-index/registries';
import { Module } from '@nestjs/common';
import { TypeOrmModule } from '@nestjs/typeorm';
import { CertificateAuthorityEntity } from './certificate-authority.entity';
import { IndexTokens } from './index-tokens';
import { KeyRing } from './key-ring';
import { SigningKeyEntity } from './signing-key.entity';
import { SigningKeysService } from './signing-keys.service';
import { TokenSigner } from './token-signer';
import { TokenVerifier } from './token-verifier';

/** The room of tokens. */
@Module({
  imports: [TypeOrmModule.forFeature([CertificateAuthorityEntity, SigningKeyEntity]), RegistriesModule],
  providers: [SigningKeysService, KeyRing, TokenSigner, TokenVerifier, IndexTokens],
  exports: [SigningKeysService, TokenSigner, TokenVerifier, IndexTokens],
})
export class TokensModule {}
