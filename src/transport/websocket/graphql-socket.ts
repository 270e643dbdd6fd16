import type { IncomingMessage } from 'node:http';
import { GraphQLError } from 'graphql';
import { CloseCode, GRAPHQL_TRANSPORT_WS_PROTOCOL, type Message, MessageType } from 'graphql-ws';
import { WebSocket } from 'ws';
import { stringifyJson } from '../../exact-json.js';
import type { Logger } from '../../log.js';
import type { EdgeMetrics } from '../edge-metrics.js';
import type { Exchange } from '../execution/exchange.js';
import type { Outcome } from '../execution/execute-operation.js';
import { recordOperation } from '../execution/operation-log.js';
import type { Pipeline } from '../execution/pipeline.js';
import { refusal } from '../execution/public-errors.js';
import { readParams } from '../execution/request-params.js';
import type { LiveLimits } from '../live-limits.js';
import { createOutbox, type Outbox } from './outbox.js';
import { readMessage, type SubscribeMessage } from './read-message.js';
import { readSocketCaller, type SocketCaller } from './socket-exchange.js';
import { type Replies, SocketOperation } from './socket-operation.js';

const GOING_AWAY = 1001;
const TRY_AGAIN_LATER = 1013;

export interface SocketServices {
  readonly pipeline: Pipeline;
  readonly limits: LiveLimits;
  readonly metrics: EdgeMetrics;
  readonly log: Logger;
}

/**
 * The server's side of graphql-transport-ws on one socket. The messages are those of graphql-ws; its server is not used, since
 * it does not say when a client takes an operation back that has not begun to answer, and mistakes one operation for another
 * when an id is used again.
 */
export class GraphQLSocket {
  readonly #socket: WebSocket;
  readonly #request: IncomingMessage;
  readonly #services: SocketServices;
  readonly #outbox: Outbox;
  /** Operations the client waits for, by its ids. */
  readonly #wanted = new Map<string, SocketOperation>();
  /** The same, and those that were stopped and are not over yet. */
  readonly #running = new Set<SocketOperation>();
  readonly #replies: Replies;
  #caller: SocketCaller | undefined;
  #count = 0;
  #leaving = false;

  constructor(socket: WebSocket, request: IncomingMessage, services: SocketServices) {
    this.#socket = socket;
    this.#request = request;
    this.#services = services;
    this.#replies = this.#createReplies();
    this.#outbox = createOutbox(socket, request.socket, services.limits, () =>
      this.#close(TRY_AGAIN_LATER, 'The client reads too slowly'),
    );
    const waiting = setTimeout(() => this.#awaitedInit(), services.limits.initMs);
    socket.on('message', (data) => this.#receive(String(data)));
    socket.once('error', () => this.#stopAll());
    socket.once('close', () => {
      clearTimeout(waiting);
      this.#stopAll();
    });
    if (socket.protocol !== GRAPHQL_TRANSPORT_WS_PROTOCOL) {
      this.#close(CloseCode.SubprotocolNotAcceptable, 'Subprotocol not acceptable');
    }
  }

  /** Ends subscriptions now, lets queries and mutations answer, takes no new ones, then closes with 1001: come back elsewhere. */
  goAway(): void {
    this.#leaving = true;
    for (const [id, operation] of this.#wanted) if (operation.isSubscription) this.#stop(id);
    this.#leaveWhenDone();
  }

  #receive(text: string): void {
    // After a close frame of ours there may still be messages on their way.
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

  #awaitedInit(): void {
    if (!this.#caller) this.#close(CloseCode.ConnectionInitialisationTimeout, 'Connection initialisation timeout');
  }

  #initialise(params: Readonly<Record<string, unknown>>): void {
    if (this.#caller) {
      this.#close(CloseCode.TooManyInitialisationRequests, 'Too many initialisation requests');
    } else {
      this.#caller = readSocketCaller(this.#request, params, this.#services.log);
      void this.#send({ type: MessageType.ConnectionAck });
    }
  }

  #subscribe({ id, payload }: SubscribeMessage): void {
    if (!this.#caller) {
      this.#close(CloseCode.Unauthorized, 'Unauthorized');
    } else if (this.#wanted.has(id)) {
      this.#close(CloseCode.SubscriberAlreadyExists, 'Subscriber already exists');
    } else if (!this.#leaving) {
      this.#start(id, payload, this.#caller);
    }
  }

  #start(id: string, payload: SubscribeMessage['payload'], caller: SocketCaller): void {
    this.#count += 1;
    const operation = new SocketOperation(id, caller, this.#count);
    this.#wanted.set(id, operation);
    this.#running.add(operation);
    const ended = recordOperation(operation.exchange, this.#services.metrics);
    void this.#run(operation, this.#execute(operation.exchange, payload), ended);
  }

  /** Not told the payload, which would stay as long as a subscription does. */
  async #run(
    operation: SocketOperation,
    outcome: Promise<Outcome>,
    ended: ReturnType<typeof recordOperation>,
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
    ended({ transport: 'websocket' });
    if (operation.credentialExpired) this.#close(CloseCode.Forbidden, 'Forbidden');
    if (this.#leaving) this.#leaveWhenDone();
  }

  async #execute(exchange: Exchange, payload: SubscribeMessage['payload']): Promise<Outcome> {
    const { pipeline, limits } = this.#services;
    const count = this.#running.size;
    if (count > limits.maxOperations) return refusal([tooManyOperations(limits.maxOperations, count)], exchange);
    try {
      const prepared = pipeline.prepare(readParams(payload), exchange);
      return 'errors' in prepared ? prepared : prepared.execute();
    } catch (error) {
      return refusal([error], exchange);
    }
  }

  /** From its last answer on, the client may use the id again. */
  #createReplies(): Replies {
    return {
      next: (id, payload) => this.#send({ id, type: MessageType.Next, payload }),
      failed: (id, payload) => {
        this.#wanted.delete(id);
        return this.#send({ id, type: MessageType.Error, payload });
      },
      completed: (id) => {
        this.#wanted.delete(id);
        return this.#send({ id, type: MessageType.Complete });
      },
    };
  }

  #stop(id: string): void {
    this.#wanted.get(id)?.stop();
    this.#wanted.delete(id);
  }

  #stopAll(): void {
    for (const id of [...this.#wanted.keys()]) this.#stop(id);
  }

  #leaveWhenDone(): void {
    if (this.#wanted.size === 0) this.#close(GOING_AWAY, 'Going away');
  }

  #send(message: Message): Promise<void> {
    return this.#outbox.send(stringifyJson(message));
  }

  #close(code: number, reason: string): void {
    this.#stopAll();
    this.#outbox.close(code, reason);
  }
}

function tooManyOperations(allowed: number, actual: number): GraphQLError {
  return new GraphQLError(`This connection has ${allowed} operations already. Complete some, or open another.`, {
    extensions: { code: 'LIMIT_EXCEEDED', limit: 'operationsPerConnection', allowed, actual },
  });
}
