import { expect, test } from 'vitest';
import { LightAbort } from '../src/light-abort.js';

test('calls the listeners once, in their order, with the reason of the first abort', () => {
  const signal = new LightAbort();
  const calls: string[] = [];
  signal.addEventListener('abort', () => calls.push(`first ${signal.reason}`));
  signal.addEventListener('abort', () => calls.push(`second ${signal.aborted}`));
  signal.abort('closed');
  signal.abort('late');
  expect(calls).toEqual(['first closed', 'second true']);
  expect(signal.reason).toBe('closed');
});

test('calls no listener that was removed before, nor one that another listener removes', () => {
  const signal = new LightAbort();
  const calls: string[] = [];
  const third = () => calls.push('third');
  const first = () => calls.push('first');
  signal.addEventListener('abort', first);
  signal.addEventListener('abort', () => signal.removeEventListener('abort', third));
  signal.addEventListener('abort', third);
  signal.removeEventListener('abort', first);
  signal.abort();
  expect(calls).toEqual([]);
});
