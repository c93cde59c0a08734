import { ServiceError } from '../service/problem';

/** An error as a sentence for its reader. */
export function told(error: unknown): string {
  if (error instanceof Error && error.message !== '') return error.message;
  return String(error);
}

/** The sentence of an error that names this field, to stand at the field. */
export function toldOf(error: unknown, field: string): string | null {
  return error instanceof ServiceError && error.param === field ? error.message : null;
}
