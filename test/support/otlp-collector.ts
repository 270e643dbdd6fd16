import { EventEmitter, once } from 'node:events';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { onTestFinished } from 'vitest';

/** A span as OTLP/JSON has it. */
interface OtlpSpan {
  readonly traceId: string;
  readonly spanId: string;
  readonly parentSpanId?: string;
  readonly name: string;
}

export interface OtlpCollector {
  /** For `OTEL_EXPORTER_OTLP_ENDPOINT`. */
  readonly url: string;
  /** The name of the service that has sent spans. */
  readonly service: () => string | undefined;
  /** The first span of this name, as soon as it has been received. */
  received(name: string): Promise<OtlpSpan>;
}

interface OtlpValue {
  readonly key: string;
  readonly value: { readonly stringValue?: string };
}

interface OtlpRequest {
  readonly resourceSpans: readonly {
    readonly resource: { readonly attributes: readonly OtlpValue[] };
    readonly scopeSpans: readonly { readonly spans: readonly OtlpSpan[] }[];
  }[];
}

/** Receives traces by OTLP over HTTP in JSON, as a collector does. Closed when the test ends. */
export async function startCollector(): Promise<OtlpCollector> {
  const spans: OtlpSpan[] = [];
  const arrivals = new EventEmitter();
  let service: string | undefined;
  const server = createServer(async (request, response) => {
    const chunks: Buffer[] = [];
    for await (const chunk of request) chunks.push(chunk);
    const isTraces = request.url === '/v1/traces' && request.headers['content-type'] === 'application/json';
    response.writeHead(isTraces ? 200 : 415, { 'content-type': 'application/json' }).end('{}');
    if (!isTraces) return;
    const { resourceSpans }: OtlpRequest = JSON.parse(Buffer.concat(chunks).toString());
    for (const { resource, scopeSpans } of resourceSpans) {
      service = resource.attributes.find(({ key }) => key === 'service.name')?.value.stringValue;
      spans.push(...scopeSpans.flatMap((scope) => scope.spans));
    }
    arrivals.emit('spans');
  });
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  server.listen(0, '127.0.0.1');
  await once(server, 'listening');
  return {
    url: `http://127.0.0.1:${(server.address() as AddressInfo).port}`,
    service: () => service,
    async received(name) {
      for (;;) {
        const span = spans.find((candidate) => candidate.name === name);
        if (span) return span;
        await once(arrivals, 'spans');
      }
    },
  };
}
