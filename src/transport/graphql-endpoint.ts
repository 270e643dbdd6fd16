import type { IncomingMessage, ServerResponse } from 'node:http';
import type { OperationTypeNode } from 'graphql';
import { isAsyncIterable } from 'graphql-yoga';
import { type Accepted, type AnswerType, readAccept } from './accept.js';
import { badInput, refusal } from './errors.js';
import type { Exchange } from './exchange.js';
import type { Outcome } from './execution.js';
import type { Pipeline } from './pipeline.js';
import { readJsonBody } from './request-body.js';
import { type OperationParams, paramsFromBody, paramsFromUrl } from './request-params.js';
import { sendResponse } from './response.js';
import { searchOf } from './url.js';

/** Answers one GraphQL request over HTTP, with JSON or with a stream of events. Ends when all is sent or the client has left. */
export async function answerOperation(
  pipeline: Pipeline,
  request: IncomingMessage,
  response: ServerResponse,
  exchange: Exchange,
): Promise<void> {
  const accepted = readAccept(request.headers.accept);
  const outcome = await perform(pipeline, request, accepted, exchange);
  if (exchange.signal.aborted) return;
  const answer = await pipeline.present(outcome, answerType(outcome, accepted));
  await sendResponse(request, response, answer, exchange.signal);
}

async function perform(
  pipeline: Pipeline,
  request: IncomingMessage,
  accepted: Accepted,
  exchange: Exchange,
): Promise<Outcome> {
  try {
    const prepared = pipeline.prepare(await readParams(request), exchange);
    if ('errors' in prepared) return prepared;
    // Before anything is executed: a subscription that nobody can read would run for ever.
    checkMethod(prepared.type, request);
    checkAccepted(prepared.type, accepted);
    return await prepared.execute();
  } catch (error) {
    return refusal([error], exchange);
  }
}

async function readParams(request: IncomingMessage): Promise<OperationParams> {
  if (request.method === 'POST') return paramsFromBody(await readJsonBody(request));
  if (request.method === 'GET') return paramsFromUrl(searchOf(request));
  throw badInput('GraphQL is served by POST, and queries also by GET.', {
    http: { status: 405, headers: { allow: 'GET, POST, OPTIONS' } },
  });
}

/** A page of another site can make a browser send a GET with cookies. */
function checkMethod(type: OperationTypeNode, request: IncomingMessage): void {
  if (type !== 'mutation' || request.method === 'POST') return;
  throw badInput('A mutation must be sent by POST.', { http: { status: 405, headers: { allow: 'POST' } } });
}

function checkAccepted(type: OperationTypeNode, accepted: Accepted): void {
  if (accepted.stream || (type !== 'subscription' && accepted.json)) return;
  const wanted = type === 'subscription' ? 'text/event-stream' : 'application/json';
  throw badInput(`This ${type} can only be answered to clients that accept ${wanted}.`, { http: { status: 406 } });
}

function answerType(outcome: Outcome, accepted: Accepted): AnswerType {
  if (accepted.stream && (isAsyncIterable(outcome) || !accepted.json)) return 'text/event-stream';
  return accepted.json ?? 'application/json';
}
