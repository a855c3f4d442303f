/** The shapes that the terminal's modules share: what the server says, and what is kept of it. */

/** @typedef {[number, number]} Place relative to the process, which stands at [0, 0] */

/**
 * @typedef {object} Event
 * @property {'broadcast' | 'local' | 'noise' | 'static_burst' | 'system'} kind
 * @property {string} message
 * @property {number} timestamp_ms
 * @property {number} id
 */

/**
 * What `GET /process/state` answers and `WS /process/live` pushes.
 * @typedef {object} State
 * @property {number | null} tick
 * @property {string} grid
 * @property {Event[]} events
 * @property {Place[]} visible
 * @property {{a: Place, b: Place}[]} walls
 * @property {Place | null} defragger
 * @property {Place[]} gates
 * @property {Place[]} other_processes
 * @property {{pos: Place, tick: number}[]} echo_tiles
 * @property {'escaped' | 'transferred' | 'dead' | null} status
 * @property {number | null} next_tick_in_ms
 * @property {{cmd: string, arg: string | null} | null} buffered
 */

/**
 * The shard is over: what happened may be told now.
 * @typedef {object} Ended
 * @property {'escaped' | 'dead' | null} status
 * @property {number | null} tick
 * @property {string | null} replay
 * @property {Place | null} place
 * @property {string | null} reason
 */

/**
 * What the page was handed.
 * @typedef {object} Setup
 * @property {boolean} signed_in
 * @property {number} tick_seconds
 */

/** @typedef {{cmd: string, arg?: string}} Command */

/**
 * One cell of the text grid.
 * @typedef {object} Tile
 * @property {Place} place
 * @property {boolean} seen
 * @property {string} text  as the server writes it, ten characters
 * @property {string} digit
 * @property {string} label
 */

export {};
