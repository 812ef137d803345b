import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { SigningKeysService } from '@central-index/tokens';

/** Creates missing keys before the first request: no request waits for them, and a wrong SECRET_KEY stops the start. */
@Injectable()
export class SigningKeyInitializer implements OnApplicationBootstrap {
  constructor(private readonly keys: SigningKeysService) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.keys.prepare();
  }
}
