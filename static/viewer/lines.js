/** Lines of a chunk kept as the bytes they came in, each parsed only when its tick is shown. */

/** @typedef {import('./types.js').Line} Line */

const NEWLINE = 10;
const decoder = new TextDecoder();

/**
 * Where each line of `bytes` begins and ends, its tick and its time. Throws for a line that is no tick.
 * @param {Uint8Array} bytes
 */
export function readOffsets(bytes) {
  const starts = [];
  const ticks = [];
  const times = [];
  for (let start = 0; start < bytes.length;) {
    const found = bytes.indexOf(NEWLINE, start);
    const end = found < 0 ? bytes.length : found;
    if (end > start) {
      const line = JSON.parse(decoder.decode(bytes.subarray(start, end)));
      if (!Number.isInteger(line.tick)) throw new Error('A line of the recording has no tick.');
      starts.push(start, end);
      ticks.push(line.tick);
      times.push(Number(line.t) || 0);
    }
    start = end + 1;
  }
  return { starts, ticks, times };
}

/** A run of ticks in order. */
export class Block {
  /**
   * @param {Uint8Array} bytes
   * @param {{starts: number[], ticks: number[], times: number[]}} offsets
   */
  constructor(bytes, offsets) {
    this.bytes = bytes;
    this.starts = offsets.starts;
    this.ticks = offsets.ticks;
    this.times = offsets.times;
  }

  get size() {
    return this.bytes.length;
  }

  get first() {
    return this.ticks[0];
  }

  get last() {
    return this.ticks[this.ticks.length - 1];
  }

  /**
   * Number of the line of `tick`, or of the last one before it; -1 where there is none.
   * @param {number} tick
   */
  place(tick) {
    let low = 0;
    let high = this.ticks.length;
    while (low < high) {
      const middle = (low + high) >> 1;
      if (this.ticks[middle] <= tick) low = middle + 1;
      else high = middle;
    }
    return low - 1;
  }

  /**
   * @param {number} place
   * @returns {Line}
   */
  line(place) {
    const start = this.starts[2 * place];
    const end = this.starts[2 * place + 1];
    return JSON.parse(decoder.decode(this.bytes.subarray(start, end)));
  }
}

/**
 * @param {Uint8Array} bytes
 */
export function blockOf(bytes) {
  return new Block(bytes, readOffsets(bytes));
}
