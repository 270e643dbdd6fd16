import type { IncomingMessage } from 'node:http';
import { GraphQLError } from 'graphql';
import { CloseCode, GRAPHQL_TRANSPORT_WS_PROTOCOL, type Message, MessageType } from 'graphql-ws';
import { WebSocket } from 'ws';
import { isJsonObject, stringifyJson } from '../../exact-json.js';
import type { Logger } from '../../log.js';
import { type ClientCounts, TooMany } from '../client-counts.js';
import type { EdgeMetrics } from '../edge-metrics.js';
import type { Exchange } from '../execution/exchange.js';
import type { Outcome } from '../execution/execute-operation.js';
import type { Pipeline } from '../execution/pipeline.js';
import { refusal } from '../execution/public-errors.js';
import { readParams } from '../execution/request-params.js';
import type { TrackOperation } from '../execution/track-operation.js';
import type { LiveLimits } from '../limits.js';
import { createOutbox, type Outbox } from './outbox.js';
import { readMessage, type SubscribeMessage } from './read-message.js';
import { readSocketCaller, type SocketCaller } from './socket-exchange.js';
import { type Replies, SocketOperation } from './socket-operation.js';

const GOING_AWAY = 1001;
const TRY_AGAIN_LATER = 1013;

export interface SocketServices {
  readonly pipeline: Pipeline;
  readonly limits: LiveLimits;
  readonly clients: ClientCounts;
  readonly metrics: EdgeMetrics;
  readonly trackOperation: TrackOperation;
  readonly log: Logger;
}

/**
 * The server side of graphql-transport-ws on one socket. It uses the messages of graphql-ws, but not its server, which does not
 * report that a client cancels an operation before its first result, and confuses two operations that use the same id one after
 * the other.
 */
export class GraphQLSocket {
  readonly #socket: WebSocket;
  readonly #request: IncomingMessage;
  readonly #services: SocketServices;
  readonly #outbox: Outbox;
  /** Operations for which the client waits, by id. */
  readonly #awaited = new Map<string, SocketOperation>();
  /** The same, and operations that were stopped and have not ended. */
  readonly #running = new Set<SocketOperation>();
  readonly #replies: Replies;
  #caller: SocketCaller | undefined;
  #count = 0;
  #isGoingAway = false;

  constructor(socket: WebSocket, request: IncomingMessage, services: SocketServices) {
    this.#socket = socket;
    this.#request = request;
    this.#services = services;
    this.#replies = this.#createReplies();
    this.#outbox = createOutbox(socket, request.socket, services.limits, () =>
      this.#close(TRY_AGAIN_LATER, 'The client reads too slowly'),
    );
    const initTimer = setTimeout(() => this.#requireInit(), services.limits.initMs);
    socket.on('message', (data) => this.#receive(String(data)));
    socket.once('error', () => this.#stopAll());
    socket.once('close', () => {
      clearTimeout(initTimer);
      this.#stopAll();
    });
    if (socket.protocol !== GRAPHQL_TRANSPORT_WS_PROTOCOL) {
      this.#close(CloseCode.SubprotocolNotAcceptable, 'Subprotocol not acceptable');
    }
  }

  /** Ends subscriptions now, accepts no new operations, and closes with 1001 when queries and mutations have been answered. */
  goAway(): void {
    this.#isGoingAway = true;
    for (const [id, operation] of this.#awaited) if (operation.isSubscription) this.#stop(id);
    this.#closeWhenDone();
  }

  #receive(text: string): void {
    // Messages can still arrive after the gateway has sent a close frame.
    if (this.#socket.readyState !== WebSocket.OPEN) return;
    const message = readMessage(text);
    switch (message?.type) {
      case MessageType.ConnectionInit:
        this.#initialise(message.payload ?? {});
        break;
      case MessageType.Subscribe:
        this.#subscribe(message);
        break;
      case MessageType.Complete:
        this.#stop(message.id);
        break;
      case MessageType.Ping:
        void this.#send({ type: MessageType.Pong, ...(message.payload && { payload: message.payload }) });
        break;
      case MessageType.Pong:
        break;
      default:
        this.#close(CloseCode.BadRequest, 'Invalid message received');
    }
  }

  #requireInit(): void {
    if (!this.#caller) this.#close(CloseCode.ConnectionInitialisationTimeout, 'Connection initialisation timeout');
  }

  #initialise(params: Readonly<Record<string, unknown>>): void {
    if (this.#caller) {
      this.#close(CloseCode.TooManyInitialisationRequests, 'Too many initialisation requests');
    } else {
      this.#accept(readSocketCaller(this.#request, params, this.#services.log));
    }
  }

  #accept(caller: SocketCaller): void {
    const { clients, log } = this.#services;
    const release = clients.addSocketCaller(caller.headers);
    if (release instanceof TooMany) {
      log.warn({ requestId: caller.requestId, limit: release.extensions.limit }, 'socket refused');
      this.#close(TRY_AGAIN_LATER, 'Too many WebSockets of this credential');
      return;
    }
    this.#socket.once('close', release);
    this.#caller = caller;
    void this.#send({ type: MessageType.ConnectionAck });
  }

  #subscribe({ id, payload }: SubscribeMessage): void {
    if (!this.#caller) {
      this.#close(CloseCode.Unauthorized, 'Unauthorized');
    } else if (this.#awaited.has(id)) {
      this.#close(CloseCode.SubscriberAlreadyExists, 'Subscriber already exists');
    } else if (!this.#isGoingAway) {
      this.#start(id, payload, this.#caller);
    }
  }

  #start(id: string, payload: SubscribeMessage['payload'], caller: SocketCaller): void {
    this.#count += 1;
    const operation = new SocketOperation(id, caller, this.#count);
    this.#awaited.set(id, operation);
    this.#running.add(operation);
    const operationEnded = this.#services.trackOperation(operation.exchange, traceHeaders(payload, caller));
    void this.#run(operation, this.#execute(operation.exchange, payload), operationEnded);
  }

  /** Does not take the payload, which would stay in memory as long as a subscription. */
  async #run(
    operation: SocketOperation,
    outcome: Promise<Outcome>,
    operationEnded: ReturnType<TrackOperation>,
  ): Promise<void> {
    try {
      await operation.answer(await outcome, this.#replies);
      await operation.complete(this.#replies);
    } catch (error) {
      const { log, requestId } = operation.exchange;
      log.error({ requestId, err: error }, 'operation failed');
      this.#close(CloseCode.InternalServerError, 'Internal server error');
    }
    this.#running.delete(operation);
    operationEnded({ transport: 'websocket' });
    if (operation.credentialExpired) this.#close(CloseCode.Forbidden, 'Forbidden');
    if (this.#isGoingAway) this.#closeWhenDone();
  }

  async #execute(exchange: Exchange, payload: SubscribeMessage['payload']): Promise<Outcome> {
    const { pipeline, limits } = this.#services;
    const count = this.#running.size;
    if (count > limits.maxOperations) return refusal([tooManyOperations(limits.maxOperations, count)], exchange);
    try {
      const prepared = pipeline.prepare(readParams(payload), exchange);
      return 'errors' in prepared ? prepared : prepared.execute({ inParts: true });
    } catch (error) {
      return refusal([error], exchange);
    }
  }

  /** After the last answer to an id, the client may use it again. */
  #createReplies(): Replies {
    return {
      next: (id, payload) => this.#send({ id, type: MessageType.Next, payload }),
      failed: (id, payload) => {
        this.#awaited.delete(id);
        return this.#send({ id, type: MessageType.Error, payload });
      },
      completed: (id) => {
        this.#awaited.delete(id);
        return this.#send({ id, type: MessageType.Complete });
      },
    };
  }

  #stop(id: string): void {
    this.#awaited.get(id)?.stop();
    this.#awaited.delete(id);
  }

  #stopAll(): void {
    for (const id of [...this.#awaited.keys()]) this.#stop(id);
  }

  #closeWhenDone(): void {
    if (this.#awaited.size === 0) this.#close(GOING_AWAY, 'Going away');
  }

  #send(message: Message): Promise<void> {
    return this.#outbox.send(stringifyJson(message));
  }

  #close(code: number, reason: string): void {
    this.#stopAll();
    this.#outbox.close(code, reason);
  }
}

/**
 * Reads the trace context of an operation from its `extensions`, or from the headers of the socket. A socket has many operations,
 * and a client may send each of them within another trace.
 */
function traceHeaders({ extensions }: SubscribeMessage['payload'], { headers }: SocketCaller): Exchange['headers'] {
  if (!isJsonObject(extensions) || typeof extensions.traceparent !== 'string') return headers;
  return (name) => (typeof extensions[name] === 'string' ? extensions[name] : undefined);
}

function tooManyOperations(allowed: number, actual: number): GraphQLError {
  return new GraphQLError(`This connection has ${allowed} operations already. Complete some, or open another.`, {
    extensions: { code: 'LIMIT_EXCEEDED', limit: 'operationsPerConnection', allowed, actual },
  });
}
