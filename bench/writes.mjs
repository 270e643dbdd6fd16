// Loaded into a gateway: tells how many changes of a status it has written to sockets since the last time, and when the last one.
import { Socket } from 'node:net';

let changes = { count: 0, lastAt: 0 };
const { write } = Socket.prototype;

Socket.prototype.write = function (data, ...rest) {
  // The first event about a tool has null.
  if (data.includes?.('"previousStatus":"')) changes = { count: changes.count + 1, lastAt: Date.now() };
  return write.call(this, data, ...rest);
};
process.on('message', (request) => {
  if (request !== 'changes') return;
  process.send?.(changes);
  changes = { count: 0, lastAt: 0 };
});
