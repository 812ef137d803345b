import { Body, Controller, Delete, Get, HttpCode, Param, Patch, Post, Query } from '@nestjs/common';
import { ApiCreatedResponse, ApiNoContentResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { SignedIn } from '@central-index/accounts';
import { RegistriesService, registryToJson } from '@central-index/registries';
import { PlacementsService } from '@central-index/repositories';
import { z } from 'zod';
import { ApiPage } from '../api/api-page.decorator';
import { Access, Address, Caller } from '../access/access.decorator';
import { Refuses } from '../api/openapi/operations';
import { withDefault } from '../api/openapi/schemas';
import { flag } from '../api/query-values';
import { pageSchema, toPage, type ListDto, type PageDto } from '../api/page.dto';
import {
  createdRegistrySchema,
  newRegistrySchema,
  registriesSchema,
  registryChangesSchema,
  registryPathSchema,
  registrySchema,
  toNewRegistry,
  toRegistryChanges,
  type RegistryDto,
  type RegistryPathDto,
} from './registries.dto';

const removalSchema = z.strictObject({ orphan: withDefault(flag, false) });

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
  @ApiCreatedResponse({ standardSchema: createdRegistrySchema })
  async add(
    @Body({ schema: newRegistrySchema }) body: z.infer<typeof newRegistrySchema>,
    @Caller() { account }: SignedIn,
    @Address() address: string,
  ): Promise<z.infer<typeof createdRegistrySchema>> {
    const actor = { name: account.name, address };
    const { registry, hookSecret } = await this.registries.add(toNewRegistry(body), actor);
    return { ...registryToJson(registry), hook_secret: hookSecret };
  }

  @Patch(':name')
  @Refuses(409)
  @ApiOperation({ summary: 'Change a registry; its repositories and placement rules stay' })
  @ApiOkResponse({ standardSchema: registrySchema })
  async change(
    @Param({ schema: registryPathSchema }) { name }: RegistryPathDto,
    @Body({ schema: registryChangesSchema }) body: z.infer<typeof registryChangesSchema>,
    @Caller() { account }: SignedIn,
    @Address() address: string,
  ): Promise<RegistryDto> {
    const actor = { name: account.name, address };
    return registryToJson(await this.registries.change(name, toRegistryChanges(body), actor));
  }

  @Delete(':name')
  @HttpCode(204)
  @Refuses(409)
  @ApiOperation({ summary: 'Remove a registry; with orphan=true, hide the repositories placed on it' })
  @ApiNoContentResponse()
  async remove(
    @Param({ schema: registryPathSchema }) { name }: RegistryPathDto,
    @Query({ schema: removalSchema }) { orphan }: z.infer<typeof removalSchema>,
    @Caller() { account }: SignedIn,
    @Address() address: string,
  ): Promise<void> {
    const actor = { name: account.name, address };
    await this.placements.removeRegistry(name, { hideOrphans: orphan }, actor);
  }
}
