import { driverErrorOf } from './unavailability';

/**
 * True when the database rejected a statement because of that constraint (unique, check, foreign key, or a trigger
 * that names one), so that a library can throw its own error.
 */
export function isConstraintViolation(error: unknown, constraint: string): boolean {
  const { code, constraint: violated } = driverErrorOf(error);
  return typeof code === 'string' && code.startsWith('23') && violated === constraint;
}
