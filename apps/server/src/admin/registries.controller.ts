import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { SignedIn } from '@central-index/accounts';
import { RegistriesService, registryKinds, registryToJson, tokenAlgorithms } from '@central-index/registries';
import { PlacementsService } from '@central-index/repositories';
import { z } from 'zod';
import { ApiPage } from '../api/api-page.decorator';
import { Access, Address, Caller } from '../access/access.decorator';
import { Refuses } from '../api/openapi/operations';
import { withDefault } from '../api/openapi/schemas';
import { flag } from '../api/query-values';
import { listOf, pageSchema, toPage, type ListDto, type PageDto } from '../api/page.dto';

const registrySchema = z
  .strictObject({
    name: z.string(),
    url: z.string(),
    host: z.string(),
    hook_url: z.string().nullable(),
    service: z.string(),
    kind: z.enum(registryKinds),
    token_ttl: z.int().nullable(),
    token_algorithm: z.enum(tokenAlgorithms),
    behind_proxy: z.boolean(),
    created_at: z.iso.datetime(),
  })
  .meta({ id: 'Registry' });
const registriesSchema = listOf(registrySchema).meta({ id: 'Registries' });
const createdSchema = registrySchema.extend({ hook_secret: z.string() }).meta({ id: 'CreatedRegistry' });
// The registries library checks the format of the values, for the command line as well.
const newRegistrySchema = z
  .strictObject({
    name: z.string(),
    url: z.string(),
    host: z.string().optional(),
    hook_url: z.string().optional(),
    service: z.string().optional(),
    kind: z.enum(registryKinds).optional(),
    token_ttl: z.int().optional(),
    token_algorithm: z.enum(tokenAlgorithms).optional(),
    behind_proxy: z.boolean().optional(),
  })
  .meta({ id: 'NewRegistry' });
const changesSchema = z
  .strictObject({
    url: z.string().optional(),
    host: z.string().optional(),
    hook_url: z.string().nullable().optional().describe('null restores PUBLIC_URL'),
    token_ttl: z.int().nullable().optional().describe('null restores TOKEN_TTL'),
    behind_proxy: z.boolean().optional(),
  })
  .meta({ id: 'RegistryChanges' });
const namePathSchema = z.strictObject({ name: z.string().max(255) });
const removalSchema = z.strictObject({ orphan: withDefault(flag, false) });
type RegistryDto = z.infer<typeof registrySchema>;

/** The registered blob registries. */
@Controller('api/v1/admin/registries')
@Access('administrator')
export class RegistriesController {
  constructor(
    private readonly registries: RegistriesService,
    private readonly placements: PlacementsService,
  ) {}

  @Get()
  @ApiOperation({ summary: 'List registries by name' })
  @ApiPage(registriesSchema)
  async list(
    @Query({ schema: pageSchema('registries', 'text') }) { per_page, cursor }: PageDto,
  ): Promise<ListDto<RegistryDto>> {
    const after = (await this.registries.list()).filter(({ name }) => cursor === undefined || name > cursor);
    return toPage('registries', after.slice(0, per_page + 1), per_page, ({ name }) => name, registryToJson);
  }

  @Post()
  @Refuses(409)
  @ApiOperation({ summary: 'Add a registry; its notification secret is shown only in this response' })
  @ApiCreatedResponse({ standardSchema: createdSchema })
  async add(
    @Body({ schema: newRegistrySchema }) body: z.infer<typeof newRegistrySchema>,
    @Caller() { account }: SignedIn,
    @Address() address: string,
  ): Promise<z.infer<typeof createdSchema>> {
    const {
      hook_url: hookUrl,
      token_ttl: tokenTtl,
      token_algorithm: tokenAlgorithm,
      behind_proxy: behindProxy,
      ...rest
    } = body;
    const { registry, hookSecret } = await this.registries.add(
      { ...rest, hookUrl, tokenTtl, tokenAlgorithm, behindProxy },
      { name: account.name, address },
    );
    return { ...registryToJson(registry), hook_secret: hookSecret };
  }

  @Patch(':name')
  @Refuses(409)
  @ApiOperation({ summary: 'Change a registry; its repositories and placement rules stay' })
  @ApiOkResponse({ standardSchema: registrySchema })
  async change(
    @Param({ schema: namePathSchema }) { name }: z.infer<typeof namePathSchema>,
    @Body({ schema: changesSchema }) body: z.infer<typeof changesSchema>,
    @Caller() { account }: SignedIn,
    @Address() address: string,
  ): Promise<RegistryDto> {
    const { hook_url: hookUrl, token_ttl: tokenTtl, behind_proxy: behindProxy, url, host } = body;
    const changes = { url, host, hookUrl, tokenTtl, behindProxy };
    return registryToJson(await this.registries.change(name, changes, { name: account.name, address }));
  }

  @Delete(':name')
  @HttpCode(204)
  @Refuses(409)
  @ApiOperation({ summary: 'Remove a registry; with orphan=true, hide the repositories placed on it' })
  @ApiNoContentResponse()
  async remove(
    @Param({ schema: namePathSchema }) { name }: z.infer<typeof namePathSchema>,
    @Query({ schema: removalSchema }) { orphan }: z.infer<typeof removalSchema>,
    @Caller() { account }: SignedIn,
    @Address() address: string,
  ): Promise<void> {
    const actor = { name: account.name, address };
    await this.placements.removeRegistry(name, { hideOrphans: orphan }, actor);
  }
}
