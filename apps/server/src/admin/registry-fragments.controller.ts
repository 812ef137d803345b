import { Body, Controller, HttpCode, Param, Post } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { SignedIn } from '@central-index/accounts';
import { RegistriesService } from '@central-index/registries';
import { RegistryConfigurations } from '@central-index/tokens';
import { z } from 'zod';
import { Access, Address, Caller } from '../access/access.decorator';
import { fragmentRequestSchema } from './registry-fragments.dto';
import { registryPathSchema, type RegistryPathDto } from './registries.dto';

const fragmentSchema = z
  .strictObject({
    registry: z.string(),
    fragment: z.string().describe('holds the new secret, which is not shown again'),
    certificate: z.string().nullable().describe('in PEM; null for a registry that verifies no tokens'),
    certificate_path: z.string().nullable().describe('where the registry reads the certificate'),
  })
  .meta({ id: 'RegistryFragment' });

/** The configuration fragments of registries. */
@Controller('api/v1/admin/registries/:name')
@Access('administrator')
export class RegistryFragmentsController {
  constructor(
    private readonly registries: RegistriesService,
    private readonly configurations: RegistryConfigurations,
  ) {}

  /** Each call makes another secret; those of former calls stay valid until an event carries a later one. */
  @Post('fragment')
  @HttpCode(200)
  @ApiOperation({
    summary: 'Write the configuration fragment of a registry again, with a new secret',
    description:
      'The former secret stays valid until the first event with the new one, for 24 hours at most.',
  })
  @ApiOkResponse({ standardSchema: fragmentSchema })
  async renew(
    @Param({ schema: registryPathSchema }) { name }: RegistryPathDto,
    @Body({ schema: fragmentRequestSchema }) body: z.infer<typeof fragmentRequestSchema>,
    @Caller() { account }: SignedIn,
    @Address() address: string,
  ): Promise<z.infer<typeof fragmentSchema>> {
    const registry = await this.registries.get(name);
    const { fragment, certificate, certificatePath } = await this.configurations.renew(
      registry,
      { name: account.name, address },
      { certificatePath: body?.certificate_path, isWhole: body?.full_config },
    );
    return {
      registry: registry.name,
      fragment,
      certificate: certificate ?? null,
      certificate_path: certificate === undefined ? null : certificatePath,
    };
  }
}
