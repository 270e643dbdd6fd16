import type { IncomingMessage, ServerResponse } from 'node:http';
import type { OperationTypeNode } from 'graphql';
import { LightAbort } from '../../light-abort.js';
import type { Exchange } from '../execution/exchange.js';
import { type Outcome, UNREAD } from '../execution/execute-operation.js';
import type { Pipeline } from '../execution/pipeline.js';
import { badInput, refusal } from '../execution/public-errors.js';
import { type OperationParams, paramsFromBody, paramsFromUrl } from '../execution/request-params.js';
import { ResultPump } from '../execution/result-pump.js';
import type { Closer } from '../graceful-close.js';
import type { TransportLimits } from '../limits.js';
import { sendEvents } from '../sse/event-stream.js';
import { type Accepted, type AnswerType, readAccept } from './accept.js';
import { readJsonBody } from './request-body.js';
import { searchOf } from './request-url.js';
import { formatResponse } from './result-text.js';
import { allowRevalidation } from './revalidation.js';
import { sendParts } from './send-parts.js';
import { sendResponse } from './send-response.js';

export interface EndpointOptions {
  readonly pipeline: Pipeline;
  readonly closer: Closer;
  readonly limits: Pick<TransportLimits['http'], 'maxBodyBytes' | 'lingerMs'>;
  /** Time between two comments on an event stream. */
  readonly pingMs: number;
}

/**
 * Answers one GraphQL request over HTTP, with JSON or an event stream. Resolves when all is sent or the client has left.
 * A single async function, because each further one in a row costs every request a microsecond.
 */
export async function answerOperation(
  { pipeline, closer, limits, pingMs }: EndpointOptions,
  request: IncomingMessage,
  response: ServerResponse,
  exchange: Exchange,
): Promise<void> {
  const accepted = readAccept(request.headers.accept);
  let outcome: Outcome;
  try {
    const body = request.method === 'POST' ? await readJsonBody(request, limits.maxBodyBytes) : undefined;
    const prepared = pipeline.prepare(readParams(request, body), exchange);
    if ('errors' in prepared) outcome = prepared;
    else {
      // Checked before execution: a subscription that the client cannot read would never end.
      checkMethod(prepared.type, request);
      checkAccepted(prepared.type, accepted);
      outcome = await prepared.execute({ inParts: accepted.parts || !accepted.json });
    }
  } catch (error) {
    outcome = exchange.signal.aborted ? UNREAD : refusal([error], exchange);
  }
  if (outcome instanceof ResultPump) {
    const { signal } = exchange;
    // Like any query in flight, one in parts is finished when the gateway closes.
    if (!exchange.inParts) await sendSubscription(request, response, outcome, { closer, pingMs, signal });
    else if (accepted.parts) await sendParts(request, response, outcome, signal);
    else await sendEvents(request, response, outcome, { pingMs, signal });
  } else if (!exchange.signal.aborted) {
    const answer = formatResponse(outcome, answerType(accepted));
    const sent = allowRevalidation(request, exchange.summary, outcome, answer);
    return sendResponse(request, response, sent, limits.lingerMs);
  }
}

/** Ends the subscription when the client leaves or the gateway closes. */
async function sendSubscription(
  request: IncomingMessage,
  response: ServerResponse,
  results: ResultPump,
  { closer, pingMs, signal }: Pick<EndpointOptions, 'closer' | 'pingMs'> & Pick<Exchange, 'signal'>,
): Promise<void> {
  const stream = new LightAbort();
  const stop = () => stream.abort();
  const unregister = closer.onClosing(stop);
  if (signal.aborted) stop();
  signal.addEventListener('abort', stop);
  await sendEvents(request, response, results, { pingMs, signal: stream }).finally(unregister);
}

/** `body` is that of a POST. */
function readParams(request: IncomingMessage, body: string | undefined): OperationParams {
  if (body !== undefined) return paramsFromBody(body);
  if (request.method === 'GET' || request.method === 'HEAD') return paramsFromUrl(searchOf(request));
  throw badInput('GraphQL is served by POST, and queries also by GET and HEAD.', {
    http: { status: 405, headers: { allow: 'GET, HEAD, POST, OPTIONS' } },
  });
}

/** Pages of other sites can make a browser send a GET with cookies. A response to HEAD has no body, so it cannot stream events. */
function checkMethod(type: OperationTypeNode, { method }: IncomingMessage): void {
  if (type === 'mutation' && method !== 'POST') {
    throw badInput('A mutation must be sent by POST.', { http: { status: 405, headers: { allow: 'POST' } } });
  }
  if (type === 'subscription' && method === 'HEAD') {
    throw badInput('A subscription must be sent by GET or POST.', {
      http: { status: 405, headers: { allow: 'GET, POST' } },
    });
  }
}

function checkAccepted(type: OperationTypeNode, accepted: Accepted): void {
  if (accepted.stream || (type !== 'subscription' && (accepted.json || accepted.parts))) return;
  const wanted = type === 'subscription' ? 'text/event-stream' : 'application/json';
  throw badInput(`This ${type} can only be answered to clients that accept ${wanted}.`, { http: { status: 406 } });
}

function answerType({ json, stream, parts }: Accepted): AnswerType {
  if (json) return json;
  if (parts) return 'multipart/mixed';
  return stream ? 'text/event-stream' : 'application/json';
}
