import { type ReactNode, useEffect } from 'react';

/** Shown while the first data of a part of the page is on its way. */
export function Loading({ what }: { what: string }) {
  return (
    <p className="state" role="status">
      Loading {what}…
    </p>
  );
}

export function Empty({ children }: { children: ReactNode }) {
  return <p className="state">{children}</p>;
}

const RETRY_MS = 5_000;

/** An error of a query. It is tried again by itself, and by a button. */
export function Problem({ error, retry }: { error: { message: string }; retry(): Promise<unknown> }) {
  const again = () => void retry().catch(() => undefined); // The query has the error too.
  useEffect(() => {
    const timer = setInterval(() => void retry().catch(() => undefined), RETRY_MS);
    return () => clearInterval(timer);
  }, [retry]);
  return (
    <div className="state problem" role="alert">
      <p>{error.message}</p>
      <button type="button" onClick={again}>
        Try again
      </button>
    </div>
  );
}

/** The message of a form field, which its input names as its description. */
export function FieldError({ id, message }: { id: string; message: string | undefined }) {
  return message === undefined ? null : (
    <span id={id} className="field-error" role="alert">
      {message}
    </span>
  );
}
