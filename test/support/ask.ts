import { connect } from './sockets.js';

export type Members = Readonly<Record<string, unknown>>;
type Result = {
  data?: unknown;
  errors?: { message: string; extensions: { code: string } }[];
  extensions?: Record<string, unknown>;
};

/** What a transport makes of the members of a request: the result, or the status or close code of a refusal. */
type Ask = (url: string, members: Members) => Promise<{ result?: Result; refused?: number }>;

async function read(answer: Response): Promise<Awaited<ReturnType<Ask>>> {
  const text = await answer.text();
  const json = /^data: (.+)$/m.exec(text)?.[1] ?? text;
  return answer.status === 200 ? { result: JSON.parse(json) } : { refused: answer.status, result: JSON.parse(json) };
}

const post =
  (accept: string): Ask =>
  async (url, members) =>
    read(
      await fetch(`${url}/graphql`, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept },
        body: JSON.stringify(members),
      }),
    );

const get: Ask = async (url, members) => {
  const texts = Object.entries(members).map(([name, value]) => [
    name,
    name === 'query' || name === 'operationName' ? String(value ?? '') : JSON.stringify(value),
  ]);
  return read(await fetch(`${url}/graphql?${new URLSearchParams(Object.fromEntries(texts))}`));
};

const overSocket: Ask = async (url, members) => {
  const client = await connect(url, { params: {} });
  client.send({ type: 'subscribe', id: '1', payload: members });
  const message = await Promise.race([client.next(), client.closed]);
  if ('code' in message) return { refused: message.code };
  return { result: message.type === 'error' ? { errors: message.payload as never } : (message.payload as Result) };
};

/** Every transport, by its name. */
export const TRANSPORTS: readonly (readonly [string, Ask])[] = [
  ['POST', post('application/json')],
  ['an event stream', post('text/event-stream')],
  ['GET', get],
  ['WebSocket', overSocket],
];
