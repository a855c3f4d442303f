/** The address as a place in the recording: read once, written seldom, a bad part ignored. */

import { SPEEDS } from './player.js';

const WRITE_EVERY_MILLISECONDS = 500;
const NAMES = [
  'tick',
  't',
  'end',
  'speed',
  'focus',
  'autoplay',
  'loop',
  'theme',
  'controls',
  'hide',
  'pace',
  'chart',
  'view',
];
const MOST_CHARTS = 4;

/**
 * @typedef {object} Place
 * @property {number | null} tick
 * @property {number | null} seconds  `t`, where no tick is given
 * @property {number | null} end
 * @property {number | 'whole' | null} speed
 * @property {string | null} focus
 * @property {boolean} autoplay
 * @property {boolean} loop
 * @property {'dark' | 'light' | null} theme
 * @property {boolean} controls
 * @property {string[]} hide  layers that are off
 * @property {boolean} even  every tick equally long
 * @property {string[]} charts  paths of the numbers that are charted
 * @property {string | null} view  how the board is turned or zoomed, in its renderer's words
 */

/**
 * @param {string} search
 * @returns {Place}
 */
export function readAddress(search) {
  const given = new URLSearchParams(search);
  const theme = given.get('theme');
  return {
    tick: whole(given.get('tick')),
    seconds: readTime(given.get('t')),
    end: whole(given.get('end')),
    speed: readSpeed(given.get('speed')),
    focus: short(given.get('focus')),
    autoplay: isOn(given.get('autoplay')),
    loop: isOn(given.get('loop')),
    theme: theme === 'dark' || theme === 'light' ? theme : null,
    controls: given.get('controls') !== '0',
    hide: (given.get('hide') ?? '').split(',').filter((id) => /^[\w-]{1,32}$/.test(id)),
    even: given.get('pace') === 'even',
    view: viewWord(given.get('view')),
    charts: given.getAll('chart').filter(short).slice(0, MOST_CHARTS),
  };
}

/**
 * The same search with the place in it; whatever else it says is kept, and what is as usual left out.
 * @param {string} search
 * @param {Partial<Place>} place
 */
export function writeAddress(search, place) {
  const given = new URLSearchParams(search);
  for (const name of NAMES)
    if (name !== 'theme' && name !== 'controls' && name !== 'end') given.delete(name);
  if (place.tick !== null && place.tick !== undefined) given.set('tick', String(place.tick));
  if (place.speed && place.speed !== 1) given.set('speed', String(place.speed));
  if (place.focus) given.set('focus', place.focus);
  if (place.loop) given.set('loop', '1');
  if (place.hide?.length) given.set('hide', place.hide.join(','));
  if (place.even) given.set('pace', 'even');
  if (place.view) given.set('view', place.view);
  for (const path of place.charts ?? []) given.append('chart', path);
  const text = given.toString();
  return text ? `?${text}` : '';
}

/**
 * "12.5s", "12.5" and "1:23" (and "1:02:03") in seconds, else null.
 * @param {string | null} text
 */
export function readTime(text) {
  if (!text) return null;
  if (/^\d{1,9}(\.\d{1,3})?s?$/.test(text)) return parseFloat(text);
  if (!/^(\d{1,4}:)?\d{1,4}:\d{2}(\.\d{1,3})?$/.test(text)) return null;
  return text.split(':').reduce((sum, part) => sum * 60 + Number(part), 0);
}

/** @param {string | null} text */
function readSpeed(text) {
  if (text === 'whole') return 'whole';
  const speed = Number(text);
  return text && SPEEDS.includes(speed) ? speed : null;
}

/** @param {string | null} text */
function whole(text) {
  return text && /^\d{1,9}$/.test(text) ? Number(text) : null;
}

/** @param {string | null} text */
function short(text) {
  return text && text.length <= 200 ? text : null;
}

/** @param {string | null} text */
function viewWord(text) {
  return text && /^[\w.-]{1,80}$/.test(text) ? text : null;
}

/** @param {string | null} text */
function isOn(text) {
  return text === '1' || text === 'true' || text === '';
}

/**
 * A writer of the address bar that never leaves the last place unwritten.
 * @param {(search: string) => void} write
 * @param {number} [every] milliseconds
 */
export function seldom(write, every = WRITE_EVERY_MILLISECONDS) {
  /** @type {ReturnType<typeof setTimeout> | undefined} */
  let timer;
  let last = -Infinity;
  let search = '';
  const now = () => {
    timer = undefined;
    last = performance.now();
    write(search);
  };
  return (/** @type {string} */ next) => {
    if (next === search) return;
    search = next;
    timer ??= setTimeout(now, Math.max(0, last + every - performance.now()));
  };
}
