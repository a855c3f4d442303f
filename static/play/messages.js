/** The message log: what was heard, each kind told apart by a word, a shape and a colour. */

import { glyphElement } from '../viewer/glyphs.js';
import { make, part } from '../viewer/page.js';

/** @typedef {import('../viewer/types.js').Tone} Tone */

const MOST_LINES = 300;
/** Closer than this to its end, in pixels, the log follows what is added. */
const AT_THE_END = 40;

/** @type {Record<string, {word: string, shape: string, tone: Tone}>} */
const KINDS = {
  local: { word: 'near', shape: 'disc', tone: 'life' },
  own: { word: 'you', shape: 'disc', tone: 'quiet' },
  broadcast: { word: 'all', shape: 'ring', tone: 'warning' },
  noise: { word: 'noise', shape: 'slant', tone: 'quiet' },
  static_burst: { word: 'static', shape: 'saw', tone: 'danger' },
  system: { word: 'system', shape: 'bar', tone: 'gate' },
};
const BROADCAST_MARK = '[BCAST] ';

/** @param {{kind: string, message: string}[]} events */
export function addMessages(events) {
  if (!events.length) return;
  const log = part('log');
  const follows = log.scrollHeight - log.scrollTop - log.clientHeight < AT_THE_END;
  log.append(...events.map(lineElement));
  while (log.childElementCount > MOST_LINES) log.firstElementChild?.remove();
  part('log-empty').hidden = true;
  if (follows) log.scrollTop = log.scrollHeight;
}

export function clearMessages() {
  part('log').replaceChildren();
  part('log-empty').hidden = false;
}

/** @param {{kind: string, message: string}} event */
function lineElement({ kind, message }) {
  const known = KINDS[kind] ?? { word: kind, shape: 'dot', tone: 'quiet' };
  const line = make('div', `message-line kind-${kind} tone-${toneOf(kind, message)}`);
  const text = kind === 'broadcast' && message.startsWith(BROADCAST_MARK) ? message.slice(BROADCAST_MARK.length) : message;
  line.append(glyphElement({ ...known, tone: toneOf(kind, message) }), make('span', 'message-kind', known.word), make('span', 'message-text', text));
  return line;
}

/**
 * A line of the system says itself how grave it is.
 * @param {string} kind
 * @param {string} message
 * @returns {Tone}
 */
function toneOf(kind, message) {
  if (kind !== 'system') return KINDS[kind]?.tone ?? 'quiet';
  if (message.startsWith('[CRITICAL]')) return 'danger';
  return message.startsWith('[WARN]') ? 'warning' : 'gate';
}
