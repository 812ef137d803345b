import { Controller, Get, Query } from '@nestjs/common';
import { ApiOperation } from '@nestjs/swagger';
import { AccountsService, accountToJson } from '@central-index/accounts';
import { z } from 'zod';
import { ApiPage } from '../api/api-page.decorator';
import { Access } from '../access/access.decorator';
import { listOf, pageSchema, toPage, type ListDto, type PageDto } from '../api/page.dto';

const userSchema = z
  .strictObject({
    username: z.string(),
    email: z.string().nullable(),
    email_verified: z.boolean(),
    administrator: z.boolean(),
    disabled: z.boolean(),
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'AdminUser' });
const usersSchema = listOf(userSchema).meta({ id: 'AdminUsers' });
type UserDto = z.infer<typeof userSchema>;

/** All accounts. */
@Controller('api/v1/admin/users')
@Access('administrator')
export class AdminUsersController {
  constructor(private readonly accounts: AccountsService) {}

  @Get()
  @ApiOperation({ summary: 'List accounts, newest first' })
  @ApiPage(usersSchema)
  async list(
    @Query({ schema: pageSchema('users', 'id') }) { per_page, cursor }: PageDto,
  ): Promise<ListDto<UserDto>> {
    const accounts = await this.accounts.list({ before: cursor, limit: per_page + 1 });
    return toPage('users', accounts, per_page, ({ id }) => id, accountToJson);
  }
}
