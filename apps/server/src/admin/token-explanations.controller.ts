import { Controller, Get, Query } from '@nestjs/common';
import { ApiOkResponse, ApiOperation } from '@nestjs/swagger';
import { explanationLines, TokenExplainer, type TokenExplanation } from '@central-index/tokens';
import { z } from 'zod';
import { Access } from '../access/access.decorator';
import { Refuses } from '../api/openapi/operations';
import { tokenExplanationSchema } from './token-explanations.dto';

type QueryDto = z.infer<typeof tokenExplanationSchema>;

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
    refused: z.string().nullable().describe('why no token would be issued'),
    granted: z.array(z.string()).describe('granted scopes: `type:name:action,action`'),
    lines: z.array(z.string()).describe('the explanation as text'),
  })
  .meta({ id: 'TokenExplanation' });
type ExplanationDto = z.infer<typeof explanationSchema>;

/** Explains which scopes a token request is granted. */
@Controller('api/v1/admin/token-explanation')
@Access('administrator')
export class TokenExplanationsController {
  constructor(private readonly explainer: TokenExplainer) {}

  @Get()
  @Refuses(404)
  @ApiOperation({ summary: 'Explain which scopes a token request would be granted, and why' })
  @ApiOkResponse({ standardSchema: explanationSchema })
  async explain(@Query({ schema: tokenExplanationSchema }) query: QueryDto): Promise<ExplanationDto> {
    const { account, access_token: accessToken, service, scope } = query;
    return toDto(
      await this.explainer.explainFor({ account, accessToken, service, scopes: [scope ?? []].flat() }),
    );
  }
}

function toDto(explanation: TokenExplanation): ExplanationDto {
  return {
    steps: [...explanation.steps],
    scopes: explanation.scopes.map(({ requested: { type, name, actions }, steps, verdicts }) => ({
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
