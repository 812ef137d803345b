import { Controller, Delete, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { SignedIn } from '@central-index/accounts';
import { ParkedEventsService, RegistriesService } from '@central-index/registries';
import type { z } from 'zod';
import { ApiPage } from '../api/api-page.decorator';
import { Access, Address, Caller } from '../access/access.decorator';
import { writePage, type ListDto, type PageDto } from '../api/page.dto';
import {
  discardedSchema,
  parkedEventsPageSchema,
  parkedEventsSchema,
  retriedSchema,
  toParkedEvent,
  type ParkedEventDto,
} from './parked-events.dto';
import { registryPathSchema, type RegistryPathDto } from './registries.dto';

/** Events of registries that could not be read, or that their registry may not send. */
@Controller('api/v1/admin/registries/:name/events')
@Access('administrator')
export class ParkedEventsController {
  constructor(
    private readonly registries: RegistriesService,
    private readonly events: ParkedEventsService,
  ) {}

  @Get('parked')
  @ApiOperation({ summary: 'List the parked events of a registry, oldest first' })
  @ApiPage(parkedEventsSchema)
  async list(
    @Param({ schema: registryPathSchema }) { name }: RegistryPathDto,
    @Query({ schema: parkedEventsPageSchema }) { per_page, cursor }: PageDto,
  ): Promise<ListDto<ParkedEventDto>> {
    const page = await this.events.list(await this.registries.get(name), { after: cursor, limit: per_page });
    return writePage('parked-events', page, toParkedEvent);
  }

  @Delete('parked')
  @ApiOperation({ summary: 'Delete all parked events of a registry; a reconcile finds what they reported' })
  @ApiOkResponse({ standardSchema: discardedSchema })
  async discard(
    @Param({ schema: registryPathSchema }) { name }: RegistryPathDto,
    @Caller() { account }: SignedIn,
    @Address() address: string,
  ): Promise<z.infer<typeof discardedSchema>> {
    const actor = { name: account.name, address };
    return { discarded: await this.events.discard(await this.registries.get(name), actor) };
  }

  @Post('retry')
  @HttpCode(200)
  @ApiOperation({ summary: 'Retry all parked events of a registry, after their cause has been fixed' })
  @ApiOkResponse({ standardSchema: retriedSchema })
  async retry(
    @Param({ schema: registryPathSchema }) { name }: RegistryPathDto,
    @Caller() { account }: SignedIn,
    @Address() address: string,
  ): Promise<z.infer<typeof retriedSchema>> {
    const actor = { name: account.name, address };
    return { retried: await this.events.retry(await this.registries.get(name), actor) };
  }
}
