import type { UpstreamLimits } from '../limits.js';
import type { AnonymousCredential, CredentialProblem, HeaderReader } from './caller.js';
import type { Caller } from './client/call.js';
import type { UpstreamClientOptions } from './client/client.js';
import type { Operation } from './operation.js';

/** Everything that the gateway knows about an upstream apart from its resources. `UPSTREAMS` has one for each. */
export interface UpstreamDefinition {
  /** Its name in messages, for example `Inkeep`. */
  readonly label: string;
  /** The first word of its settings: `INKEEP` of `INKEEP_URL`. They are declared in `config/upstreams.ts`. */
  readonly prefix: string;
  /** What its base URL must be, with an example. Completes the sentence "The address must be". */
  readonly address: string;
  /** A token as error messages show it, with an ellipsis for the secret part. */
  readonly tokenExample: string;
  /** Every path segment must match it. */
  readonly idPattern?: RegExp;
  /** How many calls are sent at a time. `sizes` is what the operator has set. */
  lanes(limits: UpstreamLimits, sizes: LaneSizes): UpstreamClientOptions['lanes'];
  /** The account that a call of this caller counts for, if the upstream limits the calls of an account. */
  accountOf?(caller: Caller): string;
  /** The headers that `claimsAuthorization` and `readCaller` read, in lower case. They get no other. */
  readonly headers: readonly string[];
  /** Whether `Authorization` is for this upstream in any case. If no upstream claims it, the first configured one gets it. */
  claimsAuthorization?(header: HeaderReader): boolean;
  /** Returns the caller with these headers. `authorization` is undefined if the header is missing or for another upstream. */
  readCaller(
    authorization: string | undefined,
    header: HeaderReader,
    anonymous: AnonymousCredential,
  ): Caller | CredentialProblem;
  readonly doctor: DoctorQuestions;
}

/** Calls at a time, without and with probes, and calls of an account per minute (0: no limit). */
export interface LaneSizes {
  readonly maxCalls?: number | undefined;
  readonly maxProbes?: number | undefined;
  readonly callsPerMinute?: number | undefined;
}

/** What `gateway doctor` asks an upstream, and what it suggests if the upstream refuses. */
interface DoctorQuestions {
  /** Reads something small. Rejects with an UpstreamError. */
  read(operation: Operation, tenantId: string | undefined): Promise<unknown>;
  /** Completes the sentence "It accepts the token, but not for", after a 403. */
  forbidden(tenantId: string | undefined): string;
  /** A sentence about a second possible cause of a 404. */
  notFound?(tenantId: string | undefined): string;
  /** A sentence about a possible cause of another 4xx. */
  readonly rejected?: string;
  /** A warning about the settings, whether or not the upstream answers. */
  warning?(tenantId: string | undefined): string | undefined;
}
