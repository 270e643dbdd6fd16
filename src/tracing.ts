import { setTimeout } from 'node:timers/promises';
import {
  type Attributes,
  type Context,
  createTraceState,
  ProxyTracerProvider,
  ROOT_CONTEXT,
  type Span,
  type SpanContext,
  SpanKind,
  SpanStatusCode,
  TraceFlags,
  type Tracer,
  trace,
} from '@opentelemetry/api';
import { VERSION } from './version.js';

/** Returns a header of a client by its lower-case name. */
type HeaderReader = (name: string) => string | undefined;

export interface SpanOptions {
  readonly kind?: SpanKind;
  /** Names, numbers and closed lists of values. Never a variable, a header, an id or a part of a body. */
  readonly attributes?: Attributes;
  /** A span of another trace that explains this one. */
  readonly linkTo?: Trace | undefined;
}

/**
 * Starts the spans of operations and polls, with the tracer of an OpenTelemetry SDK. Without one it makes no spans, and only
 * passes on the trace context of clients. Contexts are passed as arguments: there is no "current span".
 */
export class Tracing {
  readonly #tracer: Tracer | undefined;
  readonly #flush: () => Promise<void>;

  /** `flush` exports the spans that have ended. */
  constructor(tracer?: Tracer, flush = async () => {}) {
    this.#tracer = tracer;
    this.#flush = flush;
  }

  /** Whether spans are made. They may still be dropped by the sampler of the SDK. */
  get isOn(): boolean {
    return this.#tracer !== undefined;
  }

  /**
   * Starts the span of an operation, below the span that the client names in `traceparent`. Without an SDK it returns the context of
   * the client, or undefined if the client sends none.
   */
  startOperation(header: HeaderReader): Trace | undefined {
    const remote = readTraceContext(header);
    if (this.#tracer) return startSpan(this.#tracer, remote, 'GraphQL operation', { kind: SpanKind.SERVER });
    return remote && new Trace(remote);
  }

  /** Exports the spans that have ended, in `maxMs` at most. Never rejects: the SDK reports its own problems. */
  async flush(maxMs: number): Promise<void> {
    await Promise.race([this.#flush().catch(() => {}), setTimeout(maxMs, undefined, { ref: false })]);
  }

  /** Starts the first span of a new trace. Undefined without an SDK. */
  startTrace(name: string, options: SpanOptions = {}): Trace | undefined {
    return this.#tracer && startSpan(this.#tracer, undefined, name, options);
  }
}

/** Returns the tracing of the SDK that the process has registered; without spans if there is none. */
export function registeredTracing(): Tracing {
  const tracer = trace.getTracer('agent-tools-gateway', VERSION);
  // Without an SDK, a span has no ids. A sampler may refuse this one, but it has ids all the same. It never ends: nothing is exported.
  const first = tracer.startSpan('start', {}, ROOT_CONTEXT);
  return trace.isSpanContextValid(first.spanContext()) ? new Tracing(tracer, flushProvider) : new Tracing();
}

/** The API has no function for it, but every provider of an SDK has. */
async function flushProvider(): Promise<void> {
  const registered = trace.getTracerProvider();
  const provider = registered instanceof ProxyTracerProvider ? registered.getDelegate() : registered;
  await (provider as { forceFlush?: () => Promise<void> }).forceFlush?.();
}

interface Live {
  readonly tracer: Tracer;
  readonly span: Span;
}

/**
 * A span; or only a trace context, that of a client without an SDK, or of a span that the sampler dropped. Spans are started below
 * it, and upstreams receive its headers.
 */
export class Trace {
  readonly context: SpanContext;
  readonly #live: Live | undefined;

  constructor(context: SpanContext, live?: Live) {
    this.context = context;
    this.#live = live;
  }

  /** Whether attributes are of use to anyone. */
  get isRecorded(): boolean {
    return this.#live !== undefined;
  }

  /** `traceparent` by W3C Trace Context. */
  get traceparent(): string {
    const { traceId, spanId, traceFlags } = this.context;
    return `00-${traceId}-${spanId}-0${traceFlags & TraceFlags.SAMPLED}`;
  }

  /** The headers that continue this trace elsewhere: `traceparent`, and `tracestate` if there is one. Never `baggage`. */
  get headers(): Record<string, string> {
    const state = this.context.traceState?.serialize();
    return { traceparent: this.traceparent, ...(state && { tracestate: state }) };
  }

  /** Starts a span below this one. Undefined if this one is not recorded: then nothing below it is. */
  child(name: string, options: SpanOptions = {}): Trace | undefined {
    return this.#live && startSpan(this.#live.tracer, this.context, name, options);
  }

  /** Sets attributes; undefined ones are left out. See `SpanOptions.attributes` for what they may hold. */
  set(attributes: Attributes): void {
    this.#live?.span.setAttributes(attributes);
  }

  rename(name: string): void {
    this.#live?.span.updateName(name);
  }

  /** Notes something that happened at this moment. */
  note(name: string, attributes: Attributes): void {
    this.#live?.span.addEvent(name, attributes);
  }

  /** Ends the span, once. `failure` is a code or the name of an error class: messages can hold ids. */
  end(failure?: string): void {
    if (failure !== undefined) {
      this.#live?.span.setStatus({ code: SpanStatusCode.ERROR }).setAttribute('error.type', failure);
    }
    this.#live?.span.end();
  }
}

function startSpan(
  tracer: Tracer,
  parent: SpanContext | undefined,
  name: string,
  { kind = SpanKind.INTERNAL, attributes = {}, linkTo }: SpanOptions,
): Trace {
  const context: Context = parent ? trace.setSpanContext(ROOT_CONTEXT, parent) : ROOT_CONTEXT;
  const span = tracer.startSpan(
    name,
    { kind, attributes, ...(linkTo && { links: [{ context: linkTo.context }] }) },
    context,
  );
  return new Trace(span.spanContext(), span.isRecording() ? { tracer, span } : undefined);
}

/** Version, trace id, span id, flags. Version 00 has nothing else; later ones may. */
const TRACEPARENT = /^(?!ff)([0-9a-f]{2})-(?!0{32})([0-9a-f]{32})-(?!0{16})([0-9a-f]{16})-([0-9a-f]{2})(-|$)/;

/** The trace context of a client by W3C Trace Context; undefined if `traceparent` is missing or malformed. */
function readTraceContext(header: HeaderReader): SpanContext | undefined {
  const traceparent = header('traceparent');
  if (traceparent === undefined) return undefined;
  const [, version, traceId, spanId, flags = '', more] = TRACEPARENT.exec(traceparent) ?? [];
  if (traceId === undefined || spanId === undefined || (version === '00' && more !== '')) return undefined;
  const state = header('tracestate');
  return {
    traceId,
    spanId,
    traceFlags: Number.parseInt(flags, 16) & TraceFlags.SAMPLED,
    isRemote: true,
    // Drops malformed members, and all of a value of more than 512 characters.
    ...(state && { traceState: createTraceState(state) }),
  };
}
