import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { AccountsService, accountToJson } from '@central-index/accounts';
import type { z } from 'zod';
import { ApiPage } from '../api/api-page.decorator';
import { Access } from '../access/access.decorator';
import { toPage, type ListDto } from '../api/page.dto';
import { adminUsersQuerySchema, adminUsersSchema, type AdminUserDto } from './users.dto';

/** All accounts. */
@Controller('api/v1/admin/users')
@Access('administrator')
export class AdminUsersController {
  constructor(private readonly accounts: AccountsService) {}

  @Get()
  @ApiOperation({ summary: 'List accounts, newest first' })
  @ApiPage(adminUsersSchema)
  async list(
    @Query({ schema: adminUsersQuerySchema }) { per_page, cursor, q }: z.infer<typeof adminUsersQuerySchema>,
  ): Promise<ListDto<AdminUserDto>> {
    const accounts = await this.accounts.list({ before: cursor, q, limit: per_page + 1 });
    return toPage('users', accounts, per_page, ({ id }) => id, accountToJson);
  }
}
