import { OTLPTraceExporter } from '@opentelemetry/exporter-trace-otlp-http';
import { defaultResource, detectResources, envDetector } from '@opentelemetry/resources';
import { BatchSpanProcessor, NodeTracerProvider } from '@opentelemetry/sdk-trace-node';

const fromEnvironment = detectResources({ detectors: [envDetector] });
new NodeTracerProvider({
  resource: defaultResource().merge(fromEnvironment),
  spanProcessors: [new BatchSpanProcessor(new OTLPTraceExporter())],
}).register();
