/** What is said of a SEGFAULT snapshot beside the board. */

import { glyphOf, shortId } from '../../shapes.js';
import { at } from './geometry.js';

/** @typedef {import('../../types.js').Snapshot} Snapshot */
/** @typedef {import('../../types.js').Panel} Panel */
/** @typedef {import('../../types.js').Row} Row */

/** Quiet ticks after which the watchdog's countdown begins. */
const QUIET_LIMIT = 6;

/** @type {Record<string, string>} */
const REASONS = {
  broadcast: 'heard a broadcast',
  los: 'sees its target',
  watchdog: 'let loose by the watchdog',
  patrol: 'on patrol',
};

/**
 * @param {Snapshot} snapshot
 * @returns {Panel[]}
 */
export function panels(snapshot) {
  return [
    hunt(snapshot),
    watchdog(snapshot),
    processes(snapshot),
    broadcasts(snapshot),
    says(snapshot),
  ];
}

/**
 * @param {Snapshot} snapshot
 * @returns {Panel}
 */
function hunt({ defragger }) {
  const target = defragger?.target_id;
  const reason = defragger?.target_reason ?? 'patrol';
  const note = target ? `${reason} → ${shortId(target)}` : reason;
  return {
    id: 'defragmenter',
    title: 'Defragmenter',
    note,
    tone: target ? 'danger' : 'quiet',
    rows: defragger
      ? [
          {
            key: 'defragger',
            subject: 'defragger',
            glyph: HUNTER,
            text: REASONS[reason] ?? reason,
            detail: at(defragger.pos),
          },
        ]
      : [],
  };
}

/** @type {import('../../types.js').Glyph} */
const HUNTER = { shape: 'saw', tone: 'danger', letters: 'D' };

/**
 * @param {Snapshot} snapshot
 * @returns {Panel}
 */
function watchdog({ watchdog: dog }) {
  const state = dog.active
    ? 'active'
    : dog.countdown > 0
      ? `in ${dog.countdown}`
      : `quiet ${dog.quiet_ticks} / ${QUIET_LIMIT}`;
  return {
    id: 'watchdog',
    title: 'Watchdog',
    note: state,
    tone: dog.active ? 'danger' : dog.countdown > 0 ? 'warning' : 'quiet',
    paired: true,
    rows: [
      { key: 'quiet', text: 'Quiet ticks', detail: String(dog.quiet_ticks) },
      { key: 'countdown', text: 'Countdown', detail: String(dog.countdown) },
      {
        key: 'active',
        text: 'Active',
        detail: dog.active ? 'yes' : 'no',
        tone: dog.active ? 'danger' : undefined,
      },
      { key: 'bonus', text: 'Bonus steps', detail: String(dog.bonus_step) },
    ],
  };
}

/**
 * @param {Snapshot} snapshot
 * @returns {Panel}
 */
function processes(snapshot) {
  const rows = snapshot.processes.map((/** @type {any} */ process) => row(process, snapshot));
  const living = snapshot.processes.filter((/** @type {any} */ one) => one.alive).length;
  return {
    id: 'processes',
    title: 'Processes',
    note: String(living),
    empty: 'No process is alive.',
    rows,
  };
}

/**
 * @param {any} process
 * @param {Snapshot} snapshot
 * @returns {Row}
 */
function row(process, snapshot) {
  const hunted = snapshot.defragger?.target_id === process.id;
  const action = [process.buffered_cmd, process.buffered_arg].filter(
    (part) => part !== null && part !== undefined,
  );
  const facts = [
    process.alive ? action.join(' ') : 'killed',
    process.los_lock ? 'locked' : '',
    at(process.pos),
  ];
  return {
    key: process.id,
    subject: process.id,
    glyph: process.alive ? glyphOf(process.id) : { shape: 'cross', tone: 'danger' },
    text: [shortId(process.id), process.call_sign].filter(Boolean).join('  '),
    detail: facts.filter(Boolean).join('  '),
    tone: !process.alive || hunted || process.los_lock ? 'danger' : undefined,
  };
}

/**
 * @param {Snapshot} snapshot
 * @returns {Panel}
 */
function broadcasts(snapshot) {
  const rows = snapshot.broadcasts.map((/** @type {any} */ one, /** @type {number} */ place) => ({
    key: `${place} ${one.process_id}`,
    subject: one.process_id,
    glyph: { shape: 'ring', tone: 'warning' },
    text: one.message,
    detail: shortId(one.process_id),
  }));
  return {
    id: 'broadcasts',
    title: 'Broadcasts',
    note: String(rows.length),
    empty: 'None at this tick.',
    rows,
  };
}

/**
 * @param {Snapshot} snapshot
 * @returns {Panel}
 */
function says(snapshot) {
  const rows = snapshot.say_events.map((/** @type {any} */ one, /** @type {number} */ place) => ({
    key: `${place} ${one.sender_id}`,
    subject: one.sender_id,
    glyph: glyphOf(one.sender_id),
    text: one.message,
    detail: `${at(one.sender_pos)} → ${hearers(one)}`,
  }));
  return {
    id: 'say',
    title: 'Say traces',
    note: String(rows.length),
    empty: 'Nobody speaks.',
    rows,
  };
}

/** @param {any} say */
function hearers(say) {
  if (!say.recipients?.length) return 'nobody';
  return say.recipients
    .map((/** @type {any} */ one) => `${shortId(one.id)} ${at(one.pos)}`)
    .join(', ');
}
