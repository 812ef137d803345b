import { Controller, Get, Header } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { SigningKeysService, type PublicJwk } from '@central-index/tokens';
import { Access } from '../access/access.decorator';

/** The public halves of the keys that sign tokens, for whoever verifies them. */
@ApiExcludeController()
@Controller('.well-known')
@Access('anyone')
export class KeysController {
  constructor(private readonly keys: SigningKeysService) {}

  /** The key set of RFC 7517. Short-lived in caches: a new key is published an hour before it signs. */
  @Get('jwks.json')
  @Header('cache-control', 'public, max-age=300')
  jwks(): Promise<{ keys: PublicJwk[] }> {
    return this.keys.jwks();
  }

  /** What goes into a registry's `rootcertbundle`. */
  @Get('central-index/ca.pem')
  @Header('content-type', 'application/x-pem-file')
  authority(): Promise<string> {
    return this.keys.authorityPem();
  }
}
