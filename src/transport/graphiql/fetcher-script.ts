/**
 * Script that defines `createFetcher(url, onResult)`, which returns a fetcher for GraphiQL. `onResult` gets each result and event. GraphiQL's own fetcher parses the document
 * first, and shows a syntax error as the stack of the browser; here the server answers with the error and its place.
 *
 * The data is shown before the extensions. GraphiQL replaces an event by the next one, so each result of a subscription is the
 * list of the latest events, the newest first.
 */
export const FETCHER_SCRIPT = String.raw`const MAX_EVENTS = 50;

function createFetcher(url, onResult) {
  return (request, { headers, documentAST } = {}) => {
    const noted = (result) => {
      onResult(result);
      return result;
    };
    const send = (accept, signal) =>
      fetch(url, {
        method: 'POST',
        headers: { 'content-type': 'application/json', accept, ...headers },
        body: JSON.stringify(request),
        signal,
      });
    if (!isSubscription(documentAST, request.operationName)) {
      return send('application/json').then(readResult).then(noted);
    }
    return {
      subscribe(observer) {
        const stop = new AbortController();
        receive(send('text/event-stream', stop.signal), observer, noted).then(
          () => observer.complete(),
          (error) => stop.signal.aborted || observer.error(error),
        );
        return { unsubscribe: () => stop.abort() };
      },
    };
  };
}

function isSubscription(document, operationName) {
  const operations = document?.definitions.filter(({ kind }) => kind === 'OperationDefinition') ?? [];
  const current = operations.find(({ name }) => name?.value === operationName) ?? operations[0];
  return current?.operation === 'subscription';
}

async function readResult(response) {
  const text = await response.text();
  try {
    return dataFirst(JSON.parse(text));
  } catch {
    return { status: response.status, body: text };
  }
}

function dataFirst({ errors, data, extensions, ...rest }) {
  return { ...(errors && { errors }), ...(data !== undefined && { data }), ...rest, ...(extensions && { extensions }) };
}

async function receive(answer, observer, noted) {
  const response = await answer;
  if (!response.headers.get('content-type')?.startsWith('text/event-stream')) {
    return observer.next(noted(await readResult(response)));
  }
  const reader = response.body.pipeThrough(new TextDecoderStream()).getReader();
  const events = [];
  let buffered = '';
  for (;;) {
    const { done, value } = await reader.read();
    if (done) return;
    const messages = (buffered + value).split(/\r?\n\r?\n/);
    buffered = messages.pop();
    for (const message of messages) {
      const fields = message.split(/\r?\n/);
      if (fields.includes('event: complete')) return;
      const data = fields.filter((field) => field.startsWith('data:')).map((field) => field.slice(5));
      if (data.length === 0) continue;
      events.unshift(noted(dataFirst(JSON.parse(data.join('\n')))));
      events.splice(MAX_EVENTS);
      observer.next({ events: [...events] });
    }
  }
}
`;
