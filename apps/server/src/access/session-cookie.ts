import '@fastify/cookie';
import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '@central-index/platform/config';
import type { FastifyReply, FastifyRequest } from 'fastify';

const secretFormat = /^[\w-]{43}$/;

/**
 * The cookie of a session. Scripts cannot read it, and browsers do not send it with forms of other sites. On https it is
 * bound to this exact host (`__Host-`) and to TLS; plain http supports neither.
 */
@Injectable()
export class SessionCookie {
  /** The name of the cookie. */
  readonly name: string;
  private readonly options: { path: '/'; httpOnly: true; sameSite: 'lax'; secure: boolean };

  constructor(@Inject(CONFIG) { server: { secure } }: Config) {
    this.name = `${secure ? '__Host-' : ''}central-index-session`;
    this.options = { path: '/', httpOnly: true, sameSite: 'lax', secure };
  }

  /** The session secret that the browser sent; undefined if it is absent or malformed. */
  read(request: FastifyRequest): string | undefined {
    const secret = request.cookies[this.name];
    return secret !== undefined && secretFormat.test(secret) ? secret : undefined;
  }

  /** Sets the cookie to a session's secret, until the session expires. */
  set(reply: FastifyReply, session: { secret: string; expiresAt: Date }): void {
    void reply.setCookie(this.name, session.secret, { ...this.options, expires: session.expiresAt });
  }

  /** Deletes the cookie. */
  clear(reply: FastifyReply): void {
    void reply.clearCookie(this.name, this.options);
  }
}
