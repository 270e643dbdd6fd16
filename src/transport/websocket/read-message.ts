import { type Message, MessageType, validateMessage } from 'graphql-ws';
import { isJsonObject, isTooDeep, parseJson } from '../../exact-json.js';

/** A `subscribe` message. The members of its payload are not checked: if one is malformed, only this operation fails. */
export interface SubscribeMessage {
  readonly type: MessageType.Subscribe;
  readonly id: string;
  readonly payload: Readonly<Record<string, unknown>>;
}

type OtherMessage = Exclude<Message, { type: MessageType.Subscribe }>;

/**
 * Reads a message of graphql-transport-ws. Undefined if it is not JSON or not a message of the protocol; a `subscribe` message
 * must have an id and an object as its payload.
 */
export function readMessage(text: string): SubscribeMessage | OtherMessage | undefined {
  try {
    const value = parseJson(text);
    if (isJsonObject(value) && value.type === MessageType.Subscribe) return isSubscribe(value) ? value : undefined;
    const message = validateMessage(value) as OtherMessage;
    // The payload of a ping is sent back.
    return message.type === MessageType.Ping && isTooDeep(message.payload) ? undefined : message;
  } catch {
    return undefined;
  }
}

function isSubscribe(message: object): message is SubscribeMessage {
  const { id, payload } = message as Partial<SubscribeMessage>;
  return typeof id === 'string' && id !== '' && isJsonObject(payload);
}
