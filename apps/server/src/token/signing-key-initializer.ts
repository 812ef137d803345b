import { Injectable, type OnApplicationBootstrap } from '@nestjs/common';
import { SigningKeysService } from '@central-index/tokens';

/** Makes the keys before the first request, so that none waits for it and a wrong SECRET_KEY ends the start. */
@Injectable()
export class SigningKeyInitializer implements OnApplicationBootstrap {
  constructor(private readonly keys: SigningKeysService) {}

  async onApplicationBootstrap(): Promise<void> {
    await this.keys.prepare();
  }
}
