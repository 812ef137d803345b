import '@fastify/cookie';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '@central-index/platform/config';
import type { FastifyReply, FastifyRequest } from 'fastify';

const secretForm = /^[\w-]{43}$/;

/**
 * The browser's side of a session: out of reach for scripts, not sent with other sites' forms. On https it is bound to
 * this very host (`__Host-`) and to TLS; plain http, for trying things out, can have neither.
 */
@Injectable()
export class SessionCookie {
  private readonly name: string;
  private readonly options: { path: '/'; httpOnly: true; sameSite: 'lax'; secure: boolean };

  constructor(@Inject(CONFIG) { server: { secure } }: Config) {
    this.name = `${secure ? '__Host-' : ''}central-index-session`;
    this.options = { path: '/', httpOnly: true, sameSite: 'lax', secure };
  }

  /** The session's secret that the browser sent; undefined if there is none of the right form. */
  read(request: FastifyRequest): string | undefined {
    const secret = request.cookies[this.name];
    return secret !== undefined && secretForm.test(secret) ? secret : undefined;
  }

  /** Gives the browser a session. */
  set(reply: FastifyReply, session: { secret: string; expiresAt: Date }): void {
    void reply.setCookie(this.name, session.secret, { ...this.options, expires: session.expiresAt });
  }

  /** Makes the browser forget its session. */
  clear(reply: FastifyReply): void {
    void reply.clearCookie(this.name, this.options);
  }
}
