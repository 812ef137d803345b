import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { SigningKeysService, type PublicJwk } from '@central-index/tokens';
import { Access } from '../access/access.decorator';

/** The public keys that verify tokens. */
@ApiExcludeController()
@Controller('.well-known')
@Access('anyone')
export class KeysController {
  constructor(private readonly keys: SigningKeysService) {}

  /** The key set (RFC 7517). Cached for 5 minutes only, because a new key is published one hour before it signs. */
  @Get('jwks.json')
  @Header('cache-control', 'public, max-age=300')
  jwks(): Promise<{ keys: PublicJwk[] }> {
    return this.keys.jwks();
  }

  /** The certificate of the authority, for a registry's `rootcertbundle`. */
  @Get('central-index/ca.pem')
  @Header('content-type', 'application/x-pem-file')
  authority(): Promise<string> {
    return this.keys.authorityPem();
  }
}
