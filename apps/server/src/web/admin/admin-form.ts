import type { Account, SignedIn } from '@central-index/accounts';
import type { Actor } from '@central-index/audit';
import { DomainError, invalidInput } from '@central-index/platform/errors';
import type { Refusal, SubmittedForm } from '../rendering/form-submission';

/** The refusal of a form that was not sent yet. */
export const nothingWrong: Refusal = { errors: [] };

/** The administrator who sent a form. The access rule of these routes lets no other caller through. */
export function administratorOf({ caller }: Pick<SubmittedForm, 'caller'>): Account {
  return (caller as SignedIn).account;
}

/** Who acts, for the audit log. */
export function actorOf({ request, caller }: Pick<SubmittedForm, 'request' | 'caller'>): Actor {
  return { name: administratorOf({ caller }).name, address: request.ip };
}

/** What a name that was typed into a field leads to. If there is nothing of that name, the field says so. */
export async function named<T>(field: string, result: Promise<T>): Promise<T> {
  try {
    return await result;
  } catch (error) {
    if (!(error instanceof DomainError) || error.status !== 404) throw error;
    throw invalidInput([{ field, message: error.message }]);
  }
}

/** A whole number that was typed, for a schema to check. Other text stays text, which the schema refuses. */
export function numberOf(text: string): number | string | undefined {
  const trimmed = text.trim();
  if (trimmed === '') return undefined;
  return /^\d{1,9}$/.test(trimmed) ? Number(trimmed) : trimmed;
}

/** The parameters of an address without empty ones, which filter forms send. */
export function withoutEmpty(query: unknown): unknown {
  if (typeof query !== 'object' || query === null) return query;
  return Object.fromEntries(Object.entries(query).filter(([, value]) => value !== ''));
}
