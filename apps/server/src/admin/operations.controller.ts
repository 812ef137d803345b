import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { ErrandsService } from '@central-index/registry-sync';
import type { z } from 'zod';
import { Access } from '../access/access.decorator';
import { toPage, type ListDto, type PageDto } from '../api/page.dto';
import {
  errandPathSchema,
  errandSchema,
  errandsPageSchema,
  errandsSchema,
  toErrand,
  type ErrandDto,
} from './operations.dto';

/** Moves, sweeps and adoptions that administrators asked for, which take longer than a request may. */
@Controller('api/v1/admin/errands')
@Access('administrator')
export class ErrandsController {
  constructor(private readonly errands: ErrandsService) {}

  @Get()
  @ApiOperation({ summary: 'List moves, sweeps and adoptions that were asked for, the latest first' })
  @ApiOkResponse({ standardSchema: errandsSchema })
  async list(
    @Query({ schema: errandsPageSchema }) { per_page, cursor }: PageDto,
  ): Promise<ListDto<ErrandDto>> {
    const errands = await this.errands.list({ before: cursor, limit: per_page + 1 });
    return toPage('errands', errands, per_page, ({ id }) => id, toErrand);
  }

  @Get(':id')
  @ApiOperation({ summary: 'Read what has become of a move, a sweep or an adoption' })
  @ApiOkResponse({ standardSchema: errandSchema })
  async read(
    @Param({ schema: errandPathSchema }) { id }: z.infer<typeof errandPathSchema>,
  ): Promise<ErrandDto> {
    return toErrand(await this.errands.get(id));
  }
}
