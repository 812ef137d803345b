import { Body, Controller, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { SignedIn } from '@central-index/accounts';
import { notFound } from '@central-index/platform/errors';
import { RegistriesService } from '@central-index/registries';
import { ErrandsService, RegistryDoctor, SweepsService, type Check } from '@central-index/registry-sync';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Access, Address, Caller } from '../access/access.decorator';
import {
  adoptRequestSchema,
  errandSchema,
  placeOf,
  reconcileRequestSchema,
  toErrand,
  type ErrandDto,
} from './operations.dto';
import { sweepSchema, toSweep, type SweepDto } from './reconciles.dto';

const namePathSchema = z.strictObject({ name: z.string().max(255) });
type NamePathDto = z.infer<typeof namePathSchema>;
const checkupSchema = z
  .strictObject({
    registry: z.string(),
    healthy: z.boolean().describe('nothing failed: clients are served and no report is lost'),
    checks: z.array(
      z.strictObject({
        name: z.string(),
        verdict: z.enum(['ok', 'warning', 'failed', 'unknown']),
        detail: z.string(),
        remedy: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'Checkup' });
type CheckupDto = z.infer<typeof checkupSchema>;
// Balancers and browsers give up a request after half a minute to a minute.
const doctorMs = 25_000;

/** What keeps registries and the index of one mind, for administrators. */
@Controller('api/v1/admin/registries/:name')
@Access('administrator')
export class RegistryCareController {
  constructor(
    private readonly registries: RegistriesService,
    private readonly sweeps: SweepsService,
    private readonly doctor: RegistryDoctor,
    private readonly errands: ErrandsService,
  ) {}

  @Post('reconcile')
  @HttpCode(202)
  @ApiOperation({ summary: 'Have a registry read and the index made equal to it' })
  @ApiAcceptedResponse({ standardSchema: errandSchema })
  async reconcile(
    @Param({ schema: namePathSchema }) { name }: NamePathDto,
    @Body({ schema: reconcileRequestSchema }) body: z.infer<typeof reconcileRequestSchema>,
    @Caller() { account }: SignedIn,
    @Address() address: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ErrandDto> {
    const { dry_run: dryRun = false, full = false, limit } = body ?? {};
    const request = { registry: name, dryRun, full, limit };
    const errand = await this.errands.ask({ kind: 'reconcile', request }, { name: account.name, address });
    void reply.header('location', placeOf(errand));
    return toErrand(errand);
  }

  @Get('reconcile')
  @ApiOperation({ summary: 'Read what the last sweep of a registry found' })
  @ApiOkResponse({ standardSchema: sweepSchema })
  async lastSweep(@Param({ schema: namePathSchema }) { name }: NamePathDto): Promise<SweepDto> {
    const registry = await this.registries.get(name);
    const sweep = (await this.sweeps.latest()).get(registry.name);
    if (sweep === undefined) throw notFound('sweep');
    return toSweep(sweep);
  }

  @Post('adopt')
  @HttpCode(202)
  @ApiOperation({ summary: 'Have repositories made of what a registry lists and nobody claimed' })
  @ApiAcceptedResponse({ standardSchema: errandSchema })
  async adopt(
    @Param({ schema: namePathSchema }) { name }: NamePathDto,
    @Body({ schema: adoptRequestSchema }) { pattern, visibility }: z.infer<typeof adoptRequestSchema>,
    @Caller() { account }: SignedIn,
    @Address() address: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<ErrandDto> {
    const request = { registry: name, pattern, visibility };
    const errand = await this.errands.ask({ kind: 'adopt', request }, { name: account.name, address });
    void reply.header('location', placeOf(errand));
    return toErrand(errand);
  }

  @Get('doctor')
  @ApiOperation({ summary: 'Examine a registry, for half a minute at most' })
  @ApiOkResponse({ standardSchema: checkupSchema })
  async examine(@Param({ schema: namePathSchema }) { name }: NamePathDto): Promise<CheckupDto> {
    const checks = await this.doctor.examine(name, { withinMs: doctorMs });
    return {
      registry: name,
      healthy: !checks.some(({ verdict }) => verdict === 'failed'),
      checks: checks.map(toCheck),
    };
  }
}

function toCheck({ name, verdict, detail, remedy }: Check): CheckupDto['checks'][number] {
  return { name, verdict, detail, remedy: remedy ?? null };
}
