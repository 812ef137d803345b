import { Body, Controller, Get, HttpCode, Param, Post, Res } from '@nestjs/common';
import { ApiAcceptedResponse, ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import type { SignedIn } from '@central-index/accounts';
import { notFound } from '@central-index/platform/errors';
import { RegistriesService } from '@central-index/registries';
import {
  OperationsService,
  RegistryDoctor,
  ReconcileResultsService,
  toReconcileJson,
  type RegistryCheck,
} from '@central-index/registry-sync';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Access, Address, Caller } from '../access/access.decorator';
import { Refuses } from '../api/openapi/operations';
import {
  adoptRequestSchema,
  operationSchema,
  locationOf,
  reconcileRequestSchema,
  toOperation,
  type OperationDto,
} from './operations.dto';
import { reconcileSchema, type ReconcileDto } from './reconciles.dto';

const namePathSchema = z.strictObject({ name: z.string().max(255) });
type NamePathDto = z.infer<typeof namePathSchema>;
const diagnosisSchema = z
  .strictObject({
    registry: z.string(),
    healthy: z.boolean().describe('true if no check failed: clients are served, and no event is lost'),
    checks: z.array(
      z.strictObject({
        name: z.string(),
        status: z.enum(['ok', 'warning', 'failed', 'unknown']),
        detail: z.string(),
        hint: z.string().nullable(),
      }),
    ),
  })
  .meta({ id: 'RegistryDiagnosis' });
type DiagnosisDto = z.infer<typeof diagnosisSchema>;
// Load balancers and browsers abort requests after 30 to 60 s.
const doctorTimeoutMs = 25_000;

/** Keeps the index consistent with its registries. */
@Controller('api/v1/admin/registries/:name')
@Access('administrator')
export class RegistryMaintenanceController {
  constructor(
    private readonly registries: RegistriesService,
    private readonly reconciles: ReconcileResultsService,
    private readonly doctor: RegistryDoctor,
    private readonly operations: OperationsService,
  ) {}

  @Post('reconcile')
  @HttpCode(202)
  @Refuses(409)
  @ApiOperation({ summary: 'Reconcile the index with a registry' })
  @ApiAcceptedResponse({ standardSchema: operationSchema })
  async reconcile(
    @Param({ schema: namePathSchema }) { name }: NamePathDto,
    @Body({ schema: reconcileRequestSchema }) body: z.infer<typeof reconcileRequestSchema>,
    @Caller() { account }: SignedIn,
    @Address() address: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OperationDto> {
    const { dry_run: dryRun = false, full = false, limit } = body ?? {};
    const request = { registry: name, dryRun, full, limit };
    const operation = await this.operations.request(
      { kind: 'reconcile', request },
      { name: account.name, address },
    );
    void reply.header('location', locationOf(operation));
    return toOperation(operation);
  }

  @Get('reconcile')
  @ApiOperation({ summary: 'Read the result of the last reconcile of a registry' })
  @ApiOkResponse({ standardSchema: reconcileSchema })
  async lastReconcile(@Param({ schema: namePathSchema }) { name }: NamePathDto): Promise<ReconcileDto> {
    const registry = await this.registries.get(name);
    const reconcile = (await this.reconciles.latest()).get(registry.name);
    if (reconcile === undefined) throw notFound('reconcile of registry', name);
    return toReconcileJson(reconcile);
  }

  @Post('adopt')
  @HttpCode(202)
  @Refuses(409)
  @ApiOperation({ summary: 'Create repositories for unclaimed names in the catalog of a registry' })
  @ApiAcceptedResponse({ standardSchema: operationSchema })
  async adopt(
    @Param({ schema: namePathSchema }) { name }: NamePathDto,
    @Body({ schema: adoptRequestSchema }) { pattern, visibility }: z.infer<typeof adoptRequestSchema>,
    @Caller() { account }: SignedIn,
    @Address() address: string,
    @Res({ passthrough: true }) reply: FastifyReply,
  ): Promise<OperationDto> {
    const request = { registry: name, pattern, visibility };
    const operation = await this.operations.request(
      { kind: 'adopt', request },
      { name: account.name, address },
    );
    void reply.header('location', locationOf(operation));
    return toOperation(operation);
  }

  @Get('doctor')
  @Refuses(409, 502)
  @ApiOperation({ summary: 'Diagnose a registry, within 30 seconds' })
  @ApiOkResponse({ standardSchema: diagnosisSchema })
  async diagnose(@Param({ schema: namePathSchema }) { name }: NamePathDto): Promise<DiagnosisDto> {
    const checks = await this.doctor.diagnose(name, { withinMs: doctorTimeoutMs });
    return {
      registry: name,
      healthy: !checks.some(({ status }) => status === 'failed'),
      checks: checks.map(toCheck),
    };
  }
}

function toCheck({ name, status, detail, hint }: RegistryCheck): DiagnosisDto['checks'][number] {
  return { name, status, detail, hint: hint ?? null };
}
