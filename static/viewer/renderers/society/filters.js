/** Whom the reader wants to see: by segment, zone and stance; kept in the address with the number shown. */

/** @typedef {import('./crowd.js').Agents} Agents */
/** @typedef {import('./crowd.js').Crowd} Crowd */

/**
 * @typedef {object} Filter
 * @property {string[]} segments  those that are left out
 * @property {string[]} zones  those that are left out
 * @property {[number, number]} stance  least and most
 */

/** @returns {Filter} */
export function everybody() {
  return { segments: [], zones: [], stance: [-1, 1] };
}

/** @param {Filter} filter */
export function isOpen({ segments, zones, stance }) {
  return !segments.length && !zones.length && stance[0] <= -1 && stance[1] >= 1;
}

/**
 * For each agent whether it passes: 1 or 0. Who is not there never does; a stance that is not known
 * passes only where stances are not asked for.
 * @param {Agents} agents
 * @param {Filter} filter
 */
export function passing(agents, { segments, zones, stance: [least, most] }) {
  const { crowd, zone } = agents;
  const { count } = crowd;
  const pass = new Uint8Array(count);
  const closedZones = crowd.zones.map(({ id }) => zones.includes(id));
  const closedSegments = crowd.segments.map((id) => segments.includes(id));
  const segment = segments.length ? agents.numbers('segment') : null;
  const all = least <= -1 && most >= 1;
  const stance = all ? null : agents.values('stance');
  for (let place = 0; place < count; place += 1) {
    if (zone[place] < 0 || closedZones[zone[place]]) continue;
    if (segment && closedSegments[segment[place]]) continue;
    if (!all && !(stance && stance[place] >= least && stance[place] <= most)) continue;
    pass[place] = 1;
  }
  return pass;
}

/**
 * How many of those who pass are in each zone.
 * @param {Agents} agents
 * @param {Uint8Array} pass
 */
export function populations({ zone, crowd }, pass) {
  const counts = new Array(crowd.zones.length).fill(0);
  for (let place = 0; place < pass.length; place += 1) {
    if (pass[place]) counts[zone[place]] += 1;
  }
  return counts;
}

/**
 * The mean of a measure over those who pass, or null where nobody's is known.
 * @param {Agents} agents
 * @param {Uint8Array} pass
 * @param {import('./crowd.js').Measure} name
 */
export function mean(agents, pass, name) {
  const values = agents.values(name);
  if (!values) return null;
  let [sum, count] = [0, 0];
  for (let place = 0; place < pass.length; place += 1) {
    if (!pass[place] || Number.isNaN(values[place])) continue;
    sum += values[place];
    count += 1;
  }
  return count ? sum / count : null;
}

/** @typedef {{filter: Filter, most: number | null}} Choice  most agents drawn; null where nothing is said */

/**
 * @param {string} search
 * @returns {Choice}
 */
export function readChoice(search) {
  const given = new URLSearchParams(search);
  const list = (/** @type {string} */ name) =>
    (given.get(name) ?? '').split(',').filter((id) => /^[\w-]{1,64}$/.test(id));
  const [least, most] = (given.get('stance') ?? '').split('..').map(Number);
  const known = least >= -1 && most <= 1 && least <= most;
  const agents = given.get('agents') ?? '';
  return {
    filter: {
      segments: list('without-segment'),
      zones: list('without-zone'),
      stance: known ? [least, most] : [-1, 1],
    },
    most: /^[1-9]\d{0,5}$/.test(agents) ? Number(agents) : null,
  };
}

/**
 * @param {string} search
 * @param {Choice} choice
 */
export function writeChoice(search, { filter, most }) {
  const given = new URLSearchParams(search);
  const put = (/** @type {string} */ name, /** @type {string} */ value) =>
    value ? given.set(name, value) : given.delete(name);
  put('without-segment', filter.segments.join(','));
  put('without-zone', filter.zones.join(','));
  const [least, greatest] = filter.stance;
  put('stance', least > -1 || greatest < 1 ? `${least}..${greatest}` : '');
  put('agents', most === null ? '' : String(most));
  const text = given.toString();
  return text ? `?${text}` : '';
}
