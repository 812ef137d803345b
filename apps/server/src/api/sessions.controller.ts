import { Controller, Delete, Get, HttpCode, Param, Query, Res } from '@nestjs/common';
import { ApiNoContentResponse, ApiOperation } from '@nestjs/swagger';
import { SessionsService, type SessionRecord, type SignedIn } from '@central-index/accounts';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Access, Address, Caller } from '../access/access.decorator';
import { SessionCookie } from '../access/session-cookie';
import { ApiPage } from './api-page.decorator';
import { listOf, pageSchema, toPage, type ListDto, type PageDto } from './page.dto';
import { idText } from './query-values';

const sessionSchema = z
  .strictObject({
    id: z.string(),
    address: z.string().describe('IP address of the sign-in'),
    user_agent: z.string().describe('name that the browser sent at the sign-in'),
    current: z.boolean().describe('whether this request came with the session'),
    created_at: z.iso.datetime(),
    last_seen_at: z.iso.datetime().describe('to the minute'),
    expires_at: z.iso.datetime(),
  })
  .meta({ id: 'Session' });
type SessionDto = z.infer<typeof sessionSchema>;
const sessionsSchema = listOf(sessionSchema).meta({ id: 'Sessions' });
const idSchema = z.strictObject({ id: idText });

/** The caller's sessions in browsers. */
@Controller('api/v1/user/sessions')
@Access('sign-in')
export class SessionsController {
  constructor(
    private readonly sessions: SessionsService,
    private readonly cookie: SessionCookie,
  ) {}

  @Get()
  @ApiOperation({ summary: 'List sessions, newest first' })
  @ApiPage(sessionsSchema)
  async list(
    @Query({ schema: pageSchema('sessions', 'id') }) { per_page, cursor }: PageDto,
    @Caller() { account, sessionId }: SignedIn,
  ): Promise<ListDto<SessionDto>> {
    const sessions = await this.sessions.list(account, { before: cursor, limit: per_page + 1 });
    return toPage(
      'sessions',
      sessions,
      per_page,
      ({ id }) => id,
      (session) => toDto(session, sessionId),
    );
  }

  @Delete()
  @HttpCode(204)
  @ApiOperation({ summary: 'End all sessions, the own one included' })
  @ApiNoContentResponse()
  async deleteAll(
    @Caller() caller: SignedIn,
    @Address() address: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.sessions.endAll(caller, address);
    if (caller.sessionId !== undefined) this.cookie.clear(reply);
  }

  @Delete(':id')
  @HttpCode(204)
  @ApiOperation({ summary: 'End a session; its browser must sign in again' })
  @ApiNoContentResponse()
  async delete(
    @Param({ schema: idSchema }) { id }: { id: string },
    @Caller() caller: SignedIn,
    @Address() address: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<void> {
    await this.sessions.endOne(caller, id, address);
    if (caller.sessionId === id) this.cookie.clear(reply);
  }
}

function toDto(session: SessionRecord, currentId: string | undefined): SessionDto {
  return {
    id: session.id,
    address: session.address,
    user_agent: session.userAgent,
    current: session.id === currentId,
    created_at: session.createdAt.toISOString(),
    last_seen_at: session.lastSeenAt.toISOString(),
    expires_at: session.expiresAt.toISOString(),
  };
}
