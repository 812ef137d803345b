import { Controller, Get, Param, Query, Req, Res } from '@nestjs/common';
import { ApiExcludeController } from '@nestjs/swagger';
import type { Identity } from '@central-index/accounts';
import { PullsService } from '@central-index/repositories';
import type { FastifyReply } from 'fastify';
import { z } from 'zod';
import { Access, Caller, type CallerRequest } from '../../access/access.decorator';
import { toPulls, type PeriodDto } from '../../api/pulls.dto';
import { toPath, type RepositoryPathDto } from '../../api/repositories.dto';
import { dailyPulls } from './daily-pulls';
import { pullsPage, pullPeriods, type PullsForm } from './pulls.page';
import { repositoryBases, RepositoryPages } from './repository-pages';
import { pageParametersSchema } from './repository-parameters';

const dayMs = 86_400_000;

// What a person types into the address is never refused: a value that means nothing counts as absent.
const formSchema = z.object({
  days: z.coerce
    .number()
    .refine((days) => pullPeriods.includes(days))
    .catch(pullPeriods[0]!),
  tag: z
    .string()
    .regex(/^[A-Za-z0-9_][A-Za-z0-9._-]{0,127}$/)
    .optional()
    .catch(undefined),
});

/** The pulls of a repository by day: as a page, and as a file for spreadsheets. */
@ApiExcludeController()
@Controller(repositoryBases)
@Access('anyone')
export class PullsPageController {
  constructor(
    private readonly repositoryPages: RepositoryPages,
    private readonly pulls: PullsService,
  ) {}

  @Get('pulls')
  async show(
    @Param({ schema: pageParametersSchema }) path: RepositoryPathDto,
    @Query({ schema: formSchema }) form: PullsForm,
    @Caller() caller: Identity,
    @Req() request: CallerRequest,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    await this.repositoryPages.show({ path, caller, request, reply }, async (context, view) => {
      const period = periodOf(form);
      const all = await this.pulls.find(caller, toPath(path), period);
      const shown =
        form.tag === undefined
          ? all
          : await this.pulls.find(caller, toPath(path), { ...period, tag: form.tag });
      const pulls = toPulls(period, all);
      return pullsPage({ context, view, form, pulls, days: dailyPulls(toPulls(period, shown)) });
    });
  }

  @Get('pulls.csv')
  async download(
    @Param({ schema: pageParametersSchema }) path: RepositoryPathDto,
    @Query({ schema: formSchema }) form: PullsForm,
    @Caller() caller: Identity,
    @Res() reply: FastifyReply,
  ): Promise<void> {
    const period = periodOf(form);
    const found = await this.pulls.find(caller, toPath(path), { ...period, tag: form.tag });
    const rows = dailyPulls(toPulls(period, found)).map(({ day, pulls }) => `${day},${pulls}\r\n`);
    const name = ['pulls', path.namespace, path.name, ...(form.tag === undefined ? [] : [form.tag])].join(
      '-',
    );
    void reply
      .headers({
        'content-type': 'text/csv; charset=utf-8; header=present',
        // Names have letters, digits and . _ - only.
        'content-disposition': `attachment; filename="${name}.csv"`,
        'cache-control': 'private, no-cache',
      })
      .send(`day,pulls\r\n${rows.join('')}`);
  }
}

function periodOf({ days }: PullsForm): PeriodDto {
  const dayOf = (time: number): string => new Date(time).toISOString().slice(0, 10);
  const now = Date.now();
  return { from: dayOf(now - (days - 1) * dayMs), to: dayOf(now) };
}
