import { applyDecorators, UseInterceptors } from '@nestjs/common';
import { ApiOkResponse } from '@nestjs/swagger';
import type { z } from 'zod';
import type { ListDto } from './page.dto';
import { PageLinkInterceptor } from './page-link.interceptor';

/** A route that responds with a page of a list: documents the page, and adds the link to the next one. */
export const ApiPage = (schema: z.ZodType<ListDto<unknown>>): MethodDecorator =>
  applyDecorators(
    UseInterceptors(PageLinkInterceptor),
    ApiOkResponse({
      standardSchema: schema,
      headers: {
        Link: {
          description: 'The address of the next page: `<…>; rel="next"`. Absent on the last one.',
          schema: { type: 'string' },
        },
      },
    }),
  );
