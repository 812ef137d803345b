import { Controller, Get, Param, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { SignedIn } from '@central-index/accounts';
import { NamespacesService, type NamespaceView } from '@central-index/namespaces';
import { z } from 'zod';
import { Access, Caller } from '../access/access.decorator';
import { ApiPage } from './api-page.decorator';
import { listOf, pageSchema, toPage, type ListDto, type PageDto } from './page.dto';
import { namespacePathSchema, type NamespacePathDto } from './repositories.dto';

const namespaceSchema = z
  .strictObject({
    name: z.string(),
    owner: z.string().nullable().describe('name of the account that owns it; null if it has no owner'),
    official: z.boolean().describe('true for `library`, the namespace of official repositories'),
    imported: z.boolean().describe('true if an import created it'),
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'Namespace' });
type NamespaceDto = z.infer<typeof namespaceSchema>;
const namespacesSchema = listOf(namespaceSchema).meta({ id: 'Namespaces' });

/** Namespaces, which are public by name and owner. */
@Controller('api/v1')
export class NamespacesController {
  constructor(private readonly namespaces: NamespacesService) {}

  @Get('namespaces/:namespace')
  @Access('anyone')
  @ApiOperation({ summary: 'Read a namespace' })
  @ApiOkResponse({ standardSchema: namespaceSchema })
  async read(@Param({ schema: namespacePathSchema }) { namespace }: NamespacePathDto): Promise<NamespaceDto> {
    return toNamespace(await this.namespaces.view(namespace));
  }

  @Get('user/namespaces')
  @Access('sign-in')
  @ApiOperation({ summary: 'List the namespaces that the caller may push to, by name' })
  @ApiPage(namespacesSchema)
  async list(
    @Query({ schema: pageSchema('namespaces', 'text') }) { per_page, cursor }: PageDto,
    @Caller() { account }: SignedIn,
  ): Promise<ListDto<NamespaceDto>> {
    const namespaces = await this.namespaces.listOf(account, { after: cursor, limit: per_page + 1 });
    return toPage('namespaces', namespaces, per_page, ({ name }) => name, toNamespace);
  }
}

function toNamespace({ name, owner, origin, createdAt }: NamespaceView): NamespaceDto {
  return {
    name,
    owner,
    official: origin === 'system',
    imported: origin === 'import',
    created_at: createdAt.toISOString(),
  };
}
