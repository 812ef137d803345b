import { Body, Controller, HttpCode, Inject, Post, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import { CONFIG, type Config } from '@central-index/platform/config';
import type { FastifyReply } from 'fastify';
import { Access } from '../../access/access.decorator';
import { isLocale } from '../messages/locale';
import { textOf, type FormBody } from '../rendering/form';
import { localPath } from '../rendering/local-path';
import { preferenceCookies, themes } from '../rendering/page-context';

const yearSeconds = 31_536_000;

/** The language and the colours of the pages, in cookies: they need no account. */
@ApiExcludeController()
@Controller('preferences')
@Access('anyone')
export class PreferencesController {
  constructor(@Inject(CONFIG) private readonly config: Config) {}

  @Post()
  @HttpCode(303)
  set(@Body() body: FormBody, @Res() reply: FastifyReply): void {
    const language = textOf(body, 'language');
    if (isLocale(language)) this.setCookie(reply, preferenceCookies.language, language);
    const theme = themes.find((name) => name === textOf(body, 'theme'));
    if (theme !== undefined) this.setCookie(reply, preferenceCookies.theme, theme);
    void reply.redirect(localPath(body['next']), 303);
  }

  private setCookie(reply: FastifyReply, name: string, value: string): void {
    const { secure } = this.config.server;
    void reply.setCookie(name, value, {
      path: '/',
      httpOnly: true,
      sameSite: 'lax',
      secure,
      maxAge: yearSeconds,
    });
  }
}
