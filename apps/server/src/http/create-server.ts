import fastifyCookie from '@fastify/cookie';
import fastifyHelmet from '@fastify/helmet';
import { NestFactory } from '@nestjs/core';
import { FastifyAdapter, type NestFastifyApplication } from '@nestjs/platform-fastify';
import type { Config } from '@central-index/platform/config';
import { ChangeListener } from '@central-index/platform/database';
import { NestLogger, type Logger } from '@central-index/platform/logging';
import { LogController, type FastifyBaseLogger, type FastifyReply, type FastifyRequest } from 'fastify';
import type { IncomingMessage } from 'node:http';
import { SessionCookie } from '../access/session-cookie';
import { ApiDocument } from '../api/api-document';
import { openApiDocument } from '../api/openapi/document';
import { ServerModule } from '../server.module';
import { registerBodyParser } from './body/body-parser';
import { createHttpServer, maxHeaderBytes } from './connection/http-server';
import { ErrorFilter } from './error.filter';
import { TrustedPeers } from './proxy/trusted-peers';
import { registerDeadline } from './request-deadline';
import { logRequests } from './request-log';
import { ServerMetrics } from '../probes/server-metrics';
import { TokenCache } from '../token/token-cache';
import { PageErrors } from '../web/errors/page-errors';
import { routablePath } from './routing/request-form';
import { registerRequestHook } from './routing/request-hook';
import { registerSecurityHeaders } from './security-headers';
import { ValidationPipe } from './validation.pipe';

// Docker clients give up after 15 s, and balancers often sooner; a request may be found late by 0.2 s.
const requestDeadlineMs = 4_400;

/** Creates the server with everything that applies to all routes. It does not listen yet. */
export async function createServer(config: Config, logger: Logger): Promise<NestFastifyApplication> {
  const filter = new ErrorFilter(logger);
  const peers = new TrustedPeers(config.server.trustedProxies);
  const adapter = createAdapter(filter, peers, logger);
  const app = await NestFactory.create<NestFastifyApplication>(
    ServerModule.forRoot(config, logger),
    adapter,
    {
      logger: new NestLogger(logger),
      bodyParser: false,
      abortOnError: false,
    },
  );
  const server = app.getHttpAdapter().getInstance();
  // Fastify would take any text of X-Forwarded-For for an address.
  server.decorateRequest('ip', {
    getter(this: FastifyRequest) {
      return peers.addressOf(this.raw);
    },
  });
  registerBodyParser(server);
  logRequests(server, logger);
  app.get(ServerMetrics).observe(server);
  await app.register(fastifyCookie);
  await app.register(fastifyHelmet, {
    global: false,
    hsts: config.server.secure
      ? { maxAge: 31_536_000, includeSubDomains: config.server.hstsSubdomains }
      : false,
    contentSecurityPolicy: {
      useDefaults: false,
      directives: {
        defaultSrc: ["'none'"],
        objectSrc: ["'none'"],
        baseUri: ["'none'"],
        formAction: ["'self'"],
        frameAncestors: ["'none'"],
      },
    },
  });
  registerDeadline(server, {
    afterMs: requestDeadlineMs,
    isDatabaseLive: () => app.get(ChangeListener, { strict: false }).isLive,
    send: (error, request, reply) => filter.send(error, request, reply),
  });
  registerSecurityHeaders(server);
  registerRequestHook(server);
  // After the other hooks: cached responses need the same headers and the same refusals.
  app.get(TokenCache).register(server);
  app.useGlobalPipes(new ValidationPipe());
  app.useGlobalFilters(filter);
  filter.usePages(app.get(PageErrors, { strict: false }));
  app
    .get(ApiDocument)
    .setFactory(() =>
      openApiDocument(app, config.server.publicUrl, app.get(SessionCookie, { strict: false }).name),
    );
  return app;
}

function createAdapter(filter: ErrorFilter, peers: TrustedPeers, logger: Logger): FastifyAdapter {
  return new FastifyAdapter({
    loggerInstance: logger,
    logController: new LogController({ disableRequestLogging: true }),
    // No request logger: the log has one line per request, which `logRequests` writes.
    childLoggerFactory: (parent: FastifyBaseLogger) => parent,
    genReqId: (request: IncomingMessage) => peers.requestIdOf(request),
    serverFactory: createHttpServer,
    routerOptions: { ignoreTrailingSlash: true, caseSensitive: true, maxParamLength: maxHeaderBytes },
    rewriteUrl: routablePath,
    frameworkErrors: (error: Error, request: FastifyRequest, reply: FastifyReply) =>
      filter.send(error, request, reply),
  });
}
