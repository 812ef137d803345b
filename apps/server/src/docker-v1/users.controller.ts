import { Body, Controller, Get, Header, HttpCode, Param, Post, Put, Req } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { AccountsService, AccountSettingsService } from '@central-index/accounts';
import { SignUpService } from '@central-index/namespaces';
import {
  checkInput,
  defineError,
  denied,
  DomainError,
  invalidInput,
  notFound,
} from '@central-index/platform/errors';
import { z } from 'zod';
import { Access, type CallerRequest } from '../access/access.decorator';
import { accessTokenRefused } from '../access/access.errors';
import { readBasic } from '../access/basic-credentials';
import { V1Caller } from './v1-caller';
import { v1SignUpSchema, v1UserChangesSchema } from './users.dto';

/** The text by which an old client knows that it need not sign up, and signs in instead. It compares it byte for byte. */
const nameExists = defineError({
  code: 'V1_NAME_EXISTS',
  status: 400,
  description: 'An account or a namespace has the name of a sign-up by the v1 protocol.',
  message: () => 'Username or email already exists',
});

/** Accounts of the v1 protocol: `docker login` of Docker up to 1.10 signs up first, and signs in if the name exists. */
@ApiExcludeController()
@Controller('v1/users')
@Access('self-authenticated')
export class V1UsersController {
  constructor(
    private readonly callers: V1Caller,
    private readonly signUps: SignUpService,
    private readonly accounts: AccountsService,
    private readonly settings: AccountSettingsService,
  ) {}

  /** Whether a name exists comes before every other rule: otherwise its owner could not sign in. */
  @Post()
  @HttpCode(201)
  @Header('content-type', 'application/json')
  async signUp(@Body() body: unknown, @Req() request: CallerRequest): Promise<string> {
    this.callers.refuseCrossSite(request);
    const typed = (body as { username?: unknown } | null | undefined)?.username;
    if (typeof typed === 'string' && (await this.signUps.isTaken(typed))) throw nameExists();
    const person = checked(v1SignUpSchema, body);
    try {
      await this.signUps.signUp(person, { address: request.ip });
    } catch (error) {
      if (!(error instanceof DomainError) || error.status !== 409) throw error;
      // Old clients print the text of a 400 only. Of two concurrent sign-ups, the later one meets the name here.
      throw (await this.signUps.isTaken(person.username))
        ? nameExists()
        : invalidInput([{ field: '', message: error.message }]);
    }
    return '"User Created"';
  }

  @Get()
  @Header('content-type', 'application/json')
  async signIn(@Req() request: CallerRequest): Promise<string> {
    await this.callers.requireAccount(request);
    return '"OK"';
  }

  /** Changes e-mail address or password of the caller, who proves the current password by sending it. */
  @Put(':username')
  @HttpCode(204)
  async update(
    @Param('username') username: string,
    @Body() body: unknown,
    @Req() request: CallerRequest,
  ): Promise<void> {
    const caller = await this.callers.requireAccount(request);
    const account = await this.accounts.find(username);
    if (account === undefined || account.disabled) throw notFound('user', username);
    if (account.id !== caller.account.id) throw denied('this is the account of another user');
    if (caller.via === 'token') throw accessTokenRefused();
    const changes = checked(v1UserChangesSchema, body);
    const currentPassword = readBasic(request.headers.authorization)?.secret;
    await this.settings.update(caller, { ...changes, currentPassword }, request.ip);
  }
}

function checked<Output>(schema: z.ZodType<Output>, body: unknown): Output {
  const result = checkInput(schema, body);
  if ('errors' in result) throw invalidInput(result.errors);
  return result.value;
}
