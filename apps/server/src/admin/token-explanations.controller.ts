import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { explanationLines, TokenExplainer, type TokenExplanation } from '@central-index/tokens';
import { z } from 'zod';
import { Access } from '../access/access.decorator';

const questionSchema = z.strictObject({
  account: z.string().min(1).max(255).optional().describe('who asks; nobody in particular when left out'),
  access_token: z
    .string()
    .regex(/^[1-9]\d{0,17}$/)
    .optional()
    .describe("the id of one of the account's access tokens"),
  service: z.string().min(1).max(255),
  scope: z.union([z.string(), z.array(z.string())]).optional(),
});
type QuestionDto = z.infer<typeof questionSchema>;

const step = { component: z.string(), message: z.string() };
const explanationSchema = z
  .strictObject({
    steps: z.array(z.strictObject(step)),
    scopes: z.array(
      z.strictObject({
        type: z.string(),
        name: z.string(),
        actions: z.array(z.string()),
        steps: z.array(z.strictObject(step)),
        verdicts: z.array(z.strictObject({ action: z.string(), granted: z.boolean(), ...step })),
      }),
    ),
    refused: z.string().nullable().describe('why there would be no token at all'),
    granted: z.array(z.string()),
    lines: z.array(z.string()).describe('the same as text'),
  })
  .meta({ id: 'TokenExplanation' });
type ExplanationDto = z.infer<typeof explanationSchema>;

/** Why a token opens what it opens, for administrators. */
@Controller('api/v1/admin/token-explanation')
@Access('administrator')
export class TokenExplanationsController {
  constructor(private readonly explainer: TokenExplainer) {}

  @Get()
  @ApiOperation({ summary: 'Explain what a token request would be granted, and by which rules' })
  @ApiOkResponse({ standardSchema: explanationSchema })
  async explain(@Query({ schema: questionSchema }) query: QuestionDto): Promise<ExplanationDto> {
    const { account, access_token: accessToken, service, scope } = query;
    return toDto(await this.explainer.ask({ account, accessToken, service, scopes: [scope ?? []].flat() }));
  }
}

function toDto(explanation: TokenExplanation): ExplanationDto {
  return {
    steps: [...explanation.steps],
    scopes: explanation.scopes.map(({ asked: { type, name, actions }, steps, verdicts }) => ({
      type,
      name,
      actions: [...actions],
      steps: [...steps],
      verdicts: [...verdicts],
    })),
    refused: explanation.refused ?? null,
    granted: [...explanation.granted],
    lines: explanationLines(explanation),
  };
}
