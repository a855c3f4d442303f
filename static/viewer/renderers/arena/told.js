/** What happened at a tick, in words: kills for the bar, all of it for the list beside. */

/** @typedef {import('../../types.js').Snapshot} Snapshot */
/** @typedef {Omit<import('../../types.js').Marker, 'tick'>} Happening */

const HAZARDS = new Set(['lava', 'debris']);

/** @type {Record<string, import('../../types.js').Mark>} */
export const marks = {
  kill: { shape: 'cross', tone: 'danger', word: 'destroyed' },
  laser_hit: { shape: 'bar', tone: 'life', word: 'laser' },
  projectile_hit: { shape: 'disc', tone: 'warning', word: 'hit' },
  kinetic_fire: { shape: 'dot', tone: 'warning', word: 'fire' },
  missile_launch: { shape: 'arrow', tone: 'ink', word: 'missile' },
  ams_intercept: { shape: 'shield', tone: 'gate', word: 'intercept' },
  paint: { shape: 'ring', tone: 'life', word: 'paint' },
  smoke_launch: { shape: 'hollow', tone: 'quiet', word: 'smoke' },
  smoke_cloud: { shape: 'disc', tone: 'quiet', word: 'smoke' },
  explosion: { shape: 'saw', tone: 'danger', word: 'explosion' },
  assist: { shape: 'hexagon', tone: 'quiet', word: 'assist' },
};

/**
 * Kills, as the game itself tells the index.
 * @param {Snapshot} snapshot
 * @returns {Happening[]}
 */
export function markers(snapshot) {
  return eventsOf(snapshot).filter(({ type }) => type === 'kill').map(kill);
}

/**
 * @param {Snapshot} snapshot
 * @returns {Happening[]}
 */
export function events(snapshot) {
  return eventsOf(snapshot).map((event) => (event.type === 'kill' ? kill(event) : happening(event)));
}

/** @param {Snapshot} snapshot @returns {any[]} */
function eventsOf({ events: stated }) {
  return Array.isArray(stated) ? stated.filter((event) => event && typeof event === 'object') : [];
}

/** @param {any} event @returns {Happening} */
function kill({ shooter, target }) {
  const [by, whom] = [name(shooter), name(target)];
  const label = HAZARDS.has(by) ? `${whom} died of ${by}` : `${by} destroyed ${whom}`;
  return { kind: 'kill', label, subject: whom };
}

/** @param {any} event @returns {Happening} */
function happening(event) {
  const { type, shooter, target } = event;
  const told = TOLD[type]?.(event) ?? [name(type).replaceAll('_', ' '), target && `at ${name(target)}`].filter(Boolean).join(' ');
  return { kind: name(type), label: told, subject: typeof target === 'string' ? target : typeof shooter === 'string' ? shooter : null };
}

/** @type {Record<string, (event: any) => string>} */
const TOLD = {
  laser_hit: (event) => `${name(event.shooter)} hit ${name(event.target)} by ${name(event.weapon)}${damage(event)}`,
  projectile_hit: (event) => `${name(event.shooter)} hit ${name(event.target)} by ${name(event.weapon)}${damage(event)}`,
  kinetic_fire: ({ shooter, weapon }) => `${name(shooter)} fired ${name(weapon)}`,
  missile_launch: ({ shooter, target }) => `${name(shooter)} launched missiles at ${name(target)}`,
  ams_intercept: ({ defender, shooter }) => `${name(defender)} shot down a missile of ${name(shooter)}`,
  paint: ({ shooter, target }) => `${name(shooter)} painted ${name(target)}`,
  smoke_launch: ({ shooter }) => `${name(shooter)} launched smoke`,
  smoke_cloud: () => 'a cloud of smoke',
  explosion: ({ weapon, shooter }) => `${name(weapon)} of ${name(shooter)} exploded`,
  assist: ({ painter, shooter }) => `${name(painter)} helped ${name(shooter)} by painting`,
};

/** @param {any} event */
function damage({ damage: lost, is_crit: critical, is_leg_hit: leg }) {
  const parts = [Number.isFinite(lost) ? `−${Math.round(10 * lost) / 10}` : '', critical ? 'critical' : '', leg ? 'leg' : ''].filter(Boolean);
  return parts.length ? ` (${parts.join(', ')})` : '';
}

/** @param {any} stated */
function name(stated) {
  return typeof stated === 'string' && stated ? stated.slice(0, 40) : 'somebody';
}
