import type { UpstreamCall } from './call.js';
import type { Exchanged } from './exchange.js';
import { single } from './headers.js';

type UpdateMethod = 'PUT' | 'PATCH';

/**
 * The method by which an upstream takes changes to a row, for calls that allow both. It is PUT until an answer shows that the
 * upstream has no such route, and has one for PATCH; the other way round later, if the upstream is replaced by an older one.
 */
export class UpdateMethodChoice {
  #method: UpdateMethod = 'PUT';

  /** The call with the method that worked last. */
  apply(call: UpstreamCall): UpstreamCall {
    return call.isUpdate ? { ...call, method: this.#method } : call;
  }

  /** The call with the other method, if the answer says that there is no route for its method. Nothing was changed then. */
  alternative(call: UpstreamCall, answer: Exchanged): UpstreamCall | undefined {
    if (!call.isUpdate || !isNoRoute(answer)) return undefined;
    return { ...call, method: call.method === 'PUT' ? 'PATCH' : 'PUT' };
  }

  /** Remembers the method of a call that a route has answered. */
  answered(call: UpstreamCall, answer: Exchanged): void {
    if (!call.isUpdate || answer.kind !== 'answered' || isNoRoute(answer)) return;
    if (call.method === 'PUT' || call.method === 'PATCH') this.#method = call.method;
  }
}

/** The API's own 404, for a row that does not exist, is problem+json. A path or method without a route has another body (observed). */
function isNoRoute(answer: Exchanged): boolean {
  if (answer.kind !== 'answered' || (answer.status !== 404 && answer.status !== 405)) return false;
  return !/^application\/problem\+json\b/i.test(single(answer.headers, 'content-type') ?? '');
}
