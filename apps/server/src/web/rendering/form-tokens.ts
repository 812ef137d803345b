import { Inject, Injectable } from '@nestjs/common';
import { CONFIG, type Config } from '@central-index/platform/config';
import type { FastifyReply, FastifyRequest } from 'fastify';
import { createHmac, randomBytes, timingSafeEqual } from 'node:crypto';
import { SessionCookie } from '../../access/session-cookie';

/** Name of the hidden field that makes a form have one effect however often it is sent. */
export const onceField = 'once';

/** Name of the hidden field of forms. */
export const formTokenField = 'csrf';

const secretFormat = /^[\w-]{43}$/;

/**
 * The tokens of forms, against requests that another site makes a browser send. A token follows from the session's secret
 * or, before a sign-in, from that of a cookie of its own; nothing is stored. The access guard compares the origin as well.
 */
@Injectable()
export class FormTokens {
  private readonly cookieName: string;
  private readonly secure: boolean;

  constructor(
    private readonly session: SessionCookie,
    @Inject(CONFIG) { server: { secure } }: Config,
  ) {
    this.secure = secure;
    this.cookieName = `${secure ? '__Host-' : ''}central-index-form`;
  }

  /** The token for a form in this response. Sets the cookie if there is neither a session nor the cookie. */
  of(request: FastifyRequest, reply: FastifyReply): string {
    let secret = this.secretOf(request);
    if (secret === undefined) {
      secret = randomBytes(32).toString('base64url');
      request.cookies[this.cookieName] = secret;
      void reply.setCookie(this.cookieName, secret, {
        path: '/',
        httpOnly: true,
        sameSite: 'lax',
        secure: this.secure,
      });
    }
    return tokenOf(secret);
  }

  /** True if the form was made for this session, or for this browser before a sign-in. */
  isValid(request: FastifyRequest, token: unknown): boolean {
    const secret = this.secretOf(request);
    if (secret === undefined || typeof token !== 'string') return false;
    const [expected, given] = [Buffer.from(tokenOf(secret)), Buffer.from(token)];
    return expected.length === given.length && timingSafeEqual(expected, given);
  }

  private secretOf(request: FastifyRequest): string | undefined {
    const session = this.session.read(request);
    if (session !== undefined) return session;
    const own = request.cookies[this.cookieName];
    return own !== undefined && secretFormat.test(own) ? own : undefined;
  }
}

const tokenOf = (secret: string): string => createHmac('sha256', secret).update('form').digest('base64url');
