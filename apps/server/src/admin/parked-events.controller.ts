import { Controller, Get, HttpCode, Param, Post, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { SignedIn } from '@central-index/accounts';
import { ParkedEventsService, RegistriesService, type ParkedEvent } from '@central-index/registries';
import { z } from 'zod';
import { ApiPage } from '../api/api-page.decorator';
import { Access, Address, Caller } from '../access/access.decorator';
import { listOf, pageSchema, writePage, type ListDto, type PageDto } from '../api/page.dto';

const parkedEventSchema = z
  .strictObject({
    id: z.string(),
    event_id: z.string().describe('the id that the registry sent, or the SHA-256 of an unreadable body'),
    reason: z.string(),
    received_at: z.iso.datetime(),
    body: z.string().describe('the first 4 kB of the event'),
  })
  .meta({ id: 'ParkedEvent' });
const parkedEventsSchema = listOf(parkedEventSchema).meta({ id: 'ParkedEvents' });
const retriedSchema = z.strictObject({ retried: z.int().min(0) }).meta({ id: 'RetriedEvents' });
const namePathSchema = z.strictObject({ name: z.string().max(255) });
type ParkedEventDto = z.infer<typeof parkedEventSchema>;

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
    @Param({ schema: namePathSchema }) { name }: z.infer<typeof namePathSchema>,
    @Query({ schema: pageSchema('parked-events', 'id') }) { per_page, cursor }: PageDto,
  ): Promise<ListDto<ParkedEventDto>> {
    const page = await this.events.list(await this.registries.get(name), { after: cursor, limit: per_page });
    return writePage('parked-events', page, toDto);
  }

  @Post('retry')
  @HttpCode(200)
  @ApiOperation({ summary: 'Retry all parked events of a registry, after their cause has been fixed' })
  @ApiOkResponse({ standardSchema: retriedSchema })
  async retry(
    @Param({ schema: namePathSchema }) { name }: z.infer<typeof namePathSchema>,
    @Caller() { account }: SignedIn,
    @Address() address: string,
  ): Promise<z.infer<typeof retriedSchema>> {
    const actor = { name: account.name, address };
    return { retried: await this.events.retry(await this.registries.get(name), actor) };
  }
}

function toDto({ id, eventId, reason, receivedAt, body }: ParkedEvent): ParkedEventDto {
  return { id, event_id: eventId, reason, received_at: receivedAt.toISOString(), body };
}
