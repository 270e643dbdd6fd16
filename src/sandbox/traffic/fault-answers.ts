import { once } from 'node:events';
import { RESPONSE_ALREADY_SENT } from '@hono/node-server/utils/response';
import type { Context, Next } from 'hono';
import type { SandboxEnv } from '../env.js';
import type { Fault } from './faults.js';
import { pause } from './latency.js';

/** The body that an upstream sends with an error status, and its content type. */
export type ErrorBody = (status: number) => { readonly contentType: string; readonly body: string };

/**
 * Responds with a fault. `truncate`, `slow`, `badjson` and `wrongid` execute the request and then alter the response; the
 * others respond without executing it.
 */
export async function answerWithFault(c: Context<SandboxEnv>, next: Next, fault: Fault, errorBody: ErrorBody) {
  switch (fault.kind) {
    case 'status':
      return statusAnswer(fault, errorBody);
    case 'html':
      return new Response(PROXY_PAGE, { status: 502, headers: { 'content-type': 'text/html; charset=utf-8' } });
    case 'huge':
      return new Response(`{"data":"${'x'.repeat(fault.megabytes * 1024 * 1024)}"}`, {
        headers: { 'content-type': 'application/json' },
      });
    case 'hang':
      if (!c.get('signal').aborted) await once(c.get('signal'), 'abort');
      return RESPONSE_ALREADY_SENT;
    case 'reset':
      c.set('cut', true);
      c.env.incoming.socket.resetAndDestroy();
      return RESPONSE_ALREADY_SENT;
    default:
      await next();
      return alter(c, fault);
  }
}

const PROXY_PAGE = `<!doctype html>
<html><head><title>502 Bad Gateway</title></head>
<body><center><h1>502 Bad Gateway</h1></center><hr><center>nginx</center></body></html>
`;

function statusAnswer({ status, headers, body }: Fault, errorBody: ErrorBody): Response {
  const usual = errorBody(status);
  const text = body === undefined ? usual.body : typeof body === 'string' ? body : JSON.stringify(body);
  const empty = status === 204 || status === 304;
  return new Response(empty ? null : text, { status, headers: { 'content-type': usual.contentType, ...headers } });
}

async function alter(c: Context<SandboxEnv>, fault: Fault): Promise<void> {
  const text = await c.res.clone().text();
  switch (fault.kind) {
    case 'badjson':
      return replaceBody(c, text.slice(0, Math.ceil(text.length / 2)));
    case 'wrongid':
      return replaceBody(c, withOtherIdIn(text));
    case 'truncate':
      cutShort(c, Buffer.from(text));
      break;
    default:
      await trickle(c, Buffer.from(text), fault.bodyMs);
  }
  replace(c, RESPONSE_ALREADY_SENT);
}

function replaceBody(c: Context, text: string): void {
  const { status, headers } = c.res;
  replace(c, new Response(text || null, { status, headers }));
}

// Without this, Hono would merge the headers of the earlier response into the new one.
function replace(c: Context, answer: Response): void {
  c.res = undefined;
  c.res = answer;
}

// A text that is not JSON has no id to change.
function withOtherIdIn(text: string): string {
  try {
    return JSON.stringify(withOtherId(JSON.parse(text)));
  } catch {
    return text;
  }
}

/** The same JSON with another id: of the row in `data`, of the first row of a list, or of the row itself. */
function withOtherId(value: unknown): unknown {
  if (Array.isArray(value)) return [withOtherId(value[0]), ...value.slice(1)];
  if (typeof value !== 'object' || value === null) return value;
  if ('data' in value) return { ...value, data: withOtherId(value.data) };
  return 'id' in value ? { ...value, id: `${value.id}-other` } : value;
}

// Half of an empty body cannot be sent, so the whole response is lost.
function cutShort(c: Context<SandboxEnv>, bytes: Buffer): void {
  const { outgoing } = c.env;
  c.set('cut', true);
  if (bytes.length === 0) {
    outgoing.destroy();
    return;
  }
  outgoing.writeHead(c.res.status, { ...Object.fromEntries(c.res.headers), 'content-length': bytes.length });
  outgoing.write(bytes.subarray(0, Math.floor(bytes.length / 2)), () => outgoing.destroy());
}

const TRICKLE_STEPS = 10;

async function trickle(c: Context<SandboxEnv>, bytes: Buffer, bodyMs: number): Promise<void> {
  const { outgoing } = c.env;
  outgoing.writeHead(c.res.status, { ...Object.fromEntries(c.res.headers), 'content-length': bytes.length });
  const size = Math.ceil(bytes.length / TRICKLE_STEPS);
  for (let at = 0; at < bytes.length; at += size) {
    await pause(bodyMs / TRICKLE_STEPS, c.get('signal'));
    outgoing.write(bytes.subarray(at, at + size));
  }
  outgoing.end();
}
