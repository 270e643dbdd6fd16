import { expect, test } from 'vitest';
import { UPSTREAM_LIMITS } from '../src/limits.js';

/** Inkeep gives up on an MCP server that hangs after this time. (observed) */
const INKEEP_GIVES_UP_MS = 10_000;

// Tests of hanging tools use shorter times in the same order.
test('what Inkeep answers about a tool that hangs arrives before any deadline, and every query is answered within 12 s', () => {
  const { reads, probeDeadlineMs, operationDeadlineMs } = UPSTREAM_LIMITS;
  const times = [
    reads.patienceMs,
    INKEEP_GIVES_UP_MS,
    reads.wholePagePatienceMs,
    probeDeadlineMs,
    operationDeadlineMs,
    12_000,
  ];
  expect(times).toEqual(times.toSorted((a, b) => a - b));
  expect(new Set(times).size).toBe(times.length);
});
