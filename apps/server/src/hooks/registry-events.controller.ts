import { Body, Controller, Headers, HttpCode, Param, Post } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { HookSecretsService, NotificationsService } from '@central-index/registries';
import type { Readable } from 'node:stream';
import { Access } from '../access/access.decorator';
import { readHookBody } from './hook-body';

/** Receives notifications. A registry that gets no 2xx repeats the same event forever and sends no later one. */
@Controller('hooks/registry')
@ApiExcludeController()
export class RegistryEventsController {
  constructor(
    private readonly secrets: HookSecretsService,
    private readonly notifications: NotificationsService,
  ) {}

  /** Responds 202 to any body if the secret is right, and 503 only if the events could not be stored. */
  @Post(':name')
  @Access('registry')
  @HttpCode(202)
  async receive(
    @Param('name') name: string,
    @Headers('authorization') authorization: string | undefined,
    @Headers() headers: Readonly<Record<string, string | undefined>>,
    @Body() payload: Readable | undefined,
  ): Promise<void> {
    const registry = await this.secrets.authenticate(name, authorization);
    const { bytes, oversized } = await readHookBody(payload);
    if (oversized) await this.notifications.receiveOversized(registry, bytes);
    else await this.notifications.receive(registry, bytes, headers);
  }
}
