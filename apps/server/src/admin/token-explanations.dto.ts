import { z } from 'zod';
import { idText } from '../api/query-values';

/** The query of an explanation of a token request. */
export const tokenExplanationSchema = z.strictObject({
  account: z
    .string()
    .min(1)
    .max(255)
    .optional()
    .describe('name of the account; absent for an anonymous caller'),
  access_token: idText.optional().describe("the id of one of the account's access tokens"),
  service: z.string().min(1).max(255),
  scope: z.union([z.string(), z.array(z.string())]).optional(),
});
