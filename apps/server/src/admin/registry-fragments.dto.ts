import { z } from 'zod';
import { optionalBody } from '../api/openapi/schemas';

/** A request for the configuration of a registry. */
export const fragmentRequestSchema = z
  .strictObject({
    full_config: z
      .boolean()
      .default(false)
      .describe('a whole configuration instead of the fragment, to start the registry with'),
    certificate_path: z
      .string()
      .max(1_000)
      .regex(/^\/[\x20-\x7e]*$/, 'must be an absolute path of printable ASCII characters')
      .optional()
      .describe('where the certificate will be at the registry; by default /etc/central-index/NAME.ca.pem'),
  })
  .optional()
  .meta({ id: 'FragmentRequest', ...optionalBody });
