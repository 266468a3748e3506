import { readFileSync } from 'node:fs';

// Preloaded into a process under test (NODE_OPTIONS=--import): its system clock is off by the milliseconds that a file holds, from the moment they are written.
const file = process.env.SHIFTED_CLOCK_FILE;
const RealDate = Date;
let shiftMs = 0;
let readAtMs = -Infinity;

function shift() {
  if (performance.now() - readAtMs > 100) {
    readAtMs = performance.now();
    try {
      shiftMs = Number(readFileSync(file, 'utf8')) || 0;
    } catch {
      shiftMs = 0;
    }
  }
  return shiftMs;
}

globalThis.Date = class Date extends RealDate {
  constructor(...args) {
    if (args.length === 0) super(RealDate.now() + shift());
    else super(...args);
  }
  static now() {
    return RealDate.now() + shift();
  }
};
