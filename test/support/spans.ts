import {
  InMemorySpanExporter,
  NodeTracerProvider,
  type ReadableSpan,
  type Sampler,
  SimpleSpanProcessor,
} from '@opentelemetry/sdk-trace-node';
import { onTestFinished } from 'vitest';
import { Tracing } from '../../src/tracing.js';

export interface SpanJournal {
  readonly tracing: Tracing;
  /** The spans that have ended, in the order of their ends. */
  spans(name?: string): ReadableSpan[];
  /** The first span of this name, as soon as it has ended. */
  ended(name: string): Promise<ReadableSpan>;
}

/** An SDK that is not registered in the process, and keeps its spans. */
export function createSpanJournal(options: { readonly sampler?: Sampler } = {}): SpanJournal {
  const exporter = new InMemorySpanExporter();
  const provider = new NodeTracerProvider({ ...options, spanProcessors: [new SimpleSpanProcessor(exporter)] });
  onTestFinished(() => provider.shutdown());
  const spans = (name?: string) =>
    exporter.getFinishedSpans().filter((span) => name === undefined || span.name === name);
  return {
    tracing: new Tracing(provider.getTracer('test')),
    spans,
    async ended(name) {
      for (;;) {
        const [span] = spans(name);
        if (span) return span;
        await new Promise((resolve) => setTimeout(resolve, 5));
      }
    },
  };
}
