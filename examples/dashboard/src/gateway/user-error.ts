import { useState } from 'react';

/** The errors of a mutation's result, as far as they are selected. */
interface Result {
  readonly __typename?: string;
  readonly message?: string;
  readonly path?: readonly string[] | null;
  readonly issues?: readonly { readonly path: readonly string[]; readonly message: string }[];
}

/** Messages by the path of the input field, such as `config.url`. The empty path stands for the whole form. */
export type FieldErrors = Readonly<Record<string, string>>;

/** Sorts the errors of a result by field; empty if the result is a payload. */
function fieldErrors(result: Result | null | undefined): FieldErrors {
  if (!result) return { '': 'The gateway did not return a result.' };
  if (result.issues) return Object.fromEntries(result.issues.map(({ path, message }) => [path.join('.'), message]));
  return result.message === undefined ? {} : { [result.path?.join('.') ?? '']: result.message };
}

/**
 * Runs mutations of a form and keeps their errors. `submit` resolves to whether the mutation has succeeded. Errors that are
 * thrown, such as that of a lost connection, belong to the whole form.
 */
export function useFormErrors(): {
  errors: FieldErrors;
  submit(mutate: () => Promise<Result | null | undefined>): Promise<boolean>;
} {
  const [errors, setErrors] = useState<FieldErrors>({});
  const submit = async (mutate: () => Promise<Result | null | undefined>) => {
    const found = await mutate().then(fieldErrors, (error: Error): FieldErrors => ({ '': error.message }));
    setErrors(found);
    return Object.keys(found).length === 0;
  };
  return { errors, submit };
}
