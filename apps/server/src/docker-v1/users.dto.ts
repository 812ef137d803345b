import { z } from 'zod';

// Outer limits only, as in the REST API. Other fields are ignored: clients send an empty `auth`.
const password = z.string().min(1).max(4096);
const email = z.string().max(254);

/** A sign-up of the v1 protocol. */
export const v1SignUpSchema = z.object({ username: z.string().min(1).max(255), password, email });

/** Changes of an account by the v1 protocol. */
export const v1UserChangesSchema = z
  .object({ email: email.optional(), password: password.optional() })
  .refine((changes) => changes.email !== undefined || changes.password !== undefined, {
    message: 'give email, password or both',
  });
