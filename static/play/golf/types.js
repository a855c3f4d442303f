/** The shapes that the table's modules share: what the server tells of a room and its game. */

/** @typedef {import('../../viewer/renderers/golf/cards.js').Card} Card */

/**
 * @typedef {object} Seat
 * @property {string} id
 * @property {string} name
 * @property {boolean} is_cpu
 * @property {string | null} profile  the manner of a computer player
 * @property {boolean} connected
 * @property {boolean} maker
 * @property {boolean} you
 */

/**
 * @typedef {object} Room
 * @property {string} code
 * @property {string} shard_id
 * @property {string | null} maker
 * @property {'waiting' | 'initial_flip' | 'playing' | 'final_turn' | 'round_over' | 'game_over' | 'closed'} phase
 * @property {Seat[]} seats
 * @property {{seats: number, num_decks: number, num_rounds: number, rules: Record<string, any>}} options
 * @property {number} delay_seconds
 * @property {boolean} open_to_spectators
 * @property {number} spectators
 * @property {{code: string, url: string, maker: string | null} | null} next  the room that waits for those who have played here
 */

/**
 * @typedef {object} Player
 * @property {string} id
 * @property {string} name
 * @property {Card[]} cards
 * @property {number} score
 * @property {number} total_score
 * @property {number} rounds_won
 * @property {boolean} is_cpu
 * @property {boolean} all_face_up
 */

/**
 * The game as this player sees it.
 * @typedef {object} View
 * @property {string} phase
 * @property {Player[]} players
 * @property {string | null} current_player_id
 * @property {number} deck_remaining
 * @property {Card | null} discard_top
 * @property {Card | null} drawn_card
 * @property {'deck' | 'discard' | null} drawn_from
 * @property {number} current_round
 * @property {number} total_rounds
 * @property {string | null} finisher_id
 * @property {string | null} turn
 * @property {Record<string, any>} options
 * @property {{type: string, player_id: string | null, data: Record<string, any>, sequence: number} | null} event
 * @property {string} words
 * @property {Record<string, string[]>} [explained]
 * @property {string} you
 * @property {[string, any][]} moves
 */

/** @typedef {{type: 'table', room: Room, view: View | null, tick: number | null}} Told */
/** @typedef {{cmd: string, arg?: any}} Command */

export {};
