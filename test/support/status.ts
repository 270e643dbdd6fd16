import { setMaxListeners } from 'node:events';
import { Readable } from 'node:stream';
import type { ReadableStream } from 'node:stream/web';
import { expect, onTestFinished as onAnyTestFinished, type TestContext } from 'vitest';
import type { UpstreamLimits } from '../../src/limits.js';
import type { Logger } from '../../src/log.js';
import type { SandboxOptions } from '../../src/sandbox/index.js';
import { STATUS_LIMITS, type StatusLimits } from '../../src/status/limits.js';
import { startGateway, type TestGateway } from './gateway.js';

interface StatusEvent {
  readonly tool: { readonly toolId: string; readonly [field: string]: unknown };
  readonly status: string;
  readonly previousStatus: string | null;
  readonly lastError: string | null;
  readonly freshness: 'LIVE' | 'STALE';
  readonly removed: boolean;
  readonly observedAt: string;
}

/** What a client receives besides data: an error with its code. */
interface StatusError {
  readonly message: string;
  readonly path?: readonly unknown[];
  readonly extensions: { readonly code: string };
}

/** One message of the stream, or its end. */
type Message = { readonly event?: StatusEvent; readonly errors?: readonly StatusError[] } | 'complete';

/** A subscription over server-sent events. It ends with the test. */
export interface StatusStream {
  /** The next event. Fails the test if the stream ends or reports an error instead. */
  next(): Promise<StatusEvent>;
  /** The next so many events, by the id of their tool; a later one of a tool takes the place of an earlier one. */
  byTool(count: number): Promise<Record<string, StatusEvent>>;
  /** The errors of the next message. */
  errors(): Promise<readonly StatusError[]>;
  /** Resolves when the next message is the end of the stream. Fails if it is something else. */
  completed(): Promise<void>;
  /** Messages that have arrived and were not read yet. */
  readonly unread: readonly Message[];
  /** Ends the connection, as a client that dies. */
  leave(): void;
}

export interface StatusGateway extends TestGateway {
  /** Subscribes; `watch` is the argument as GraphQL has it, `tool` what is selected of the tool. */
  subscribe(watch: object, options?: { headers?: Record<string, string>; tool?: string }): Promise<StatusStream>;
  /** The value of a metric without labels, now. */
  metric(name: string): Promise<number>;
  /** Resolves once the upstream has been asked so many more times from now on. */
  asked(operation: string, count: number): Promise<void>;
}

/** Concurrent tests pass the `onTestFinished` of their context. */
export interface StatusOptions extends Partial<Pick<TestContext, 'onTestFinished'>> {
  readonly log?: Logger;
  /** Shorter than the settings allow. */
  readonly intervalMs?: number;
  readonly limits?: Partial<StatusLimits>;
  /** Limits of upstream calls that differ from the usual ones. */
  readonly upstream?: Partial<UpstreamLimits>;
}

/**
 * A gateway that polls every 250 ms, or as often as `STATUS_INTERVAL_MS` or `intervalMs` says, in front of an empty sandbox with
 * the project `lab`. Tests add the tools.
 */
export async function startStatus(
  options: SandboxOptions = {},
  env: Record<string, string> = {},
  {
    log,
    intervalMs = env.STATUS_INTERVAL_MS === undefined ? 250 : undefined,
    limits,
    upstream = {},
    onTestFinished = onAnyTestFinished,
  }: StatusOptions = {},
): Promise<StatusGateway> {
  const gateway = await startGateway({ story: false, ...options }, env, {
    log,
    onTestFinished,
    config: intervalMs === undefined ? {} : { statusIntervalMs: intervalMs },
    limits: { status: { ...STATUS_LIMITS, ...limits }, upstream },
  });
  const { inkeep } = gateway.sandbox;
  inkeep.addProject({ id: 'lab' });
  return {
    ...gateway,
    subscribe: (watch, { headers = {}, tool = 'toolId' } = {}) =>
      openStream(gateway.url, { watch, headers, tool, onTestFinished }),
    async metric(name) {
      const text = await (await fetch(`${gateway.url}/metrics`)).text();
      return Number(new RegExp(`^${name} (.+)$`, 'm').exec(text)?.[1]);
    },
    asked: (operation, count) => inkeep.arrived(operation, inkeep.count(operation) + count),
  };
}

/** The global id of a tool, agent or project of the tenant `default`, as the API gives it. */
export function idOf(type: 'Tool' | 'Agent' | 'Project', ...key: readonly string[]): string {
  return Buffer.from(`${type}:${['default', ...key].join('/')}`).toString('base64url');
}

/** Ids of tools in the project `lab`. */
export function labTools(...toolIds: readonly string[]): string[] {
  return toolIds.map((toolId) => idOf('Tool', 'lab', toolId));
}

export interface StreamOptions extends Pick<TestContext, 'onTestFinished'> {
  readonly watch: object;
  readonly headers: Record<string, string>;
  readonly tool: string;
}

/** Subscribes over server-sent events at this gateway. */
export async function openStream(
  url: string,
  { watch, headers, tool, onTestFinished }: StreamOptions,
): Promise<StatusStream> {
  const connection = new AbortController();
  setMaxListeners(0, connection.signal);
  onTestFinished(() => connection.abort());
  const query = `subscription ($watch: ToolStatusWatch!) {
    toolStatus(watch: $watch) {
      tool { ${tool} } status previousStatus lastError freshness removed observedAt
    }
  }`;
  const response = await fetch(`${url}/graphql`, {
    method: 'POST',
    headers: { 'content-type': 'application/json', accept: 'text/event-stream', ...headers },
    body: JSON.stringify({ query, variables: { watch } }),
    signal: connection.signal,
  });
  const inbox = createInbox();
  void receive(response, inbox.put);
  const nextEvent = async () => {
    const message = await inbox.take();
    if (message === 'complete' || message.errors || !message.event) {
      throw new Error(`an event was expected, and this came: ${JSON.stringify(message)}`);
    }
    return message.event;
  };
  return {
    next: nextEvent,
    async byTool(count) {
      const events: Record<string, StatusEvent> = {};
      for (let n = 0; n < count; n++) {
        const event = await nextEvent();
        events[event.tool.toolId] = event;
      }
      return events;
    },
    async errors() {
      const message = await inbox.take();
      if (message === 'complete' || !message.errors) {
        throw new Error(`errors were expected, and this came: ${JSON.stringify(message)}`);
      }
      return message.errors;
    },
    completed: async () => expect(await inbox.take()).toBe('complete'),
    unread: inbox.messages,
    leave: () => connection.abort(),
  };
}

function createInbox() {
  const messages: Message[] = [];
  const readers: ((message: Message) => void)[] = [];
  return {
    messages: messages as readonly Message[],
    put(message: Message): void {
      const reader = readers.shift();
      if (reader) reader(message);
      else messages.push(message);
    },
    take(): Promise<Message> {
      const message = messages.shift();
      return message === undefined ? new Promise((resolve) => readers.push(resolve)) : Promise.resolve(message);
    },
  };
}

/** Reads messages until the stream ends. If the test itself has closed the connection, nothing is reported. */
async function receive(response: Response, put: (message: Message) => void): Promise<void> {
  const decoder = new TextDecoder();
  let text = '';
  try {
    for await (const chunk of Readable.fromWeb(response.body as ReadableStream<Uint8Array>)) {
      text += decoder.decode(chunk, { stream: true });
      const blocks = text.split('\n\n');
      text = blocks.pop() ?? '';
      for (const block of blocks) {
        const [, type] = /^event: (.*)$/m.exec(block) ?? [];
        if (type === 'complete') put('complete');
        if (type === 'next') put(messageOf(/^data: (.*)$/m.exec(block)?.[1] ?? ''));
      }
    }
  } catch (error) {
    if (!(error instanceof Error && error.name === 'AbortError')) throw error;
  }
}

function messageOf(json: string): Message {
  const { data, errors } = JSON.parse(json);
  return { ...(data?.toolStatus && { event: data.toolStatus }), ...(errors && { errors }) };
}
