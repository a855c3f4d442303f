/**
 * The shapes that the viewer's modules hand to each other; nothing here runs.
 *
 * @typedef {Record<string, any>} Snapshot  the whole state at a tick, as recorded
 * @typedef {{tick: number, t: number, snapshot: Snapshot, commands?: any[]}} Line
 * @typedef {{tick: number, kind: string, label: string, subject?: string | null}} Marker
 * @typedef {{number: number, first_tick: number, last_tick: number, bytes: number, t: [number, number]}} Chunk
 * @typedef {{step: number, first_tick: number, series: Record<string, number[]>}} Metrics
 *
 * @typedef {object} Shard
 * @property {string} [shard_id]
 * @property {string} game
 * @property {string} title
 * @property {number} tick_seconds
 * @property {number | null} ended_at
 * @property {number | null} first_tick
 * @property {number | null} last_tick
 * @property {boolean} live
 * @property {boolean} stale
 *
 * @typedef {object} Index
 * @property {Shard} shard
 * @property {Chunk[]} chunks
 * @property {{first_tick: number, last_tick: number} | null} tail
 * @property {Marker[]} markers
 * @property {boolean} [markers_cut]
 * @property {string | null} [world]  the hash of the world it plays in
 * @property {{placed: number, chunk_count: number | null, waiting: number} | null} [push]  chunks that a sender has brought
 * @property {Metrics | null} metrics
 *
 * @typedef {object} Setup  what the page tells the viewer, in the block #viewer-setup
 * @property {string} base
 * @property {string | null} shard_id
 * @property {string} game
 * @property {string} [game_title]
 * @property {string} title  the recording's own, or empty
 * @property {number | null} tick
 * @property {number | null} end_tick
 * @property {boolean} at_live_edge
 * @property {boolean} can_share
 * @property {boolean} signed_in
 * @property {{code: string, title: string, expires_at: string | number | null} | null} share
 * @property {string} login_url
 * @property {string[]} [renderers]  slugs that have a file in renderers/
 * @property {string | null} [export_url]
 * @property {Record<string, any> | null} [hints]  how its sender wants it to be shown
 * @property {string | null} [world]  the hash of the world it plays in
 * @property {Record<string, any> | null} [hints]  how its sender wants it to be shown
 * @property {boolean} [embedded]  whether this is a frame of another page
 *
 * @typedef {'ink' | 'quiet' | 'life' | 'danger' | 'gate' | 'warning'} Tone
 * @typedef {{shape: string, tone: Tone, word: string}} Mark  how one kind of marker looks
 * @typedef {{shape: string, tone: Tone, level?: number, letters?: string}} Glyph
 *
 * @typedef {object} Row  one line of a panel
 * @property {string} key  stays the same while the row is about the same thing
 * @property {string} text
 * @property {string} [detail]
 * @property {Glyph} [glyph]
 * @property {Tone} [tone]
 * @property {string | null} [subject]  what a press on the row follows
 * @property {Meter[]} [meters]  short bars below the text
 * @property {number} [tick]  where a press on the row goes
 *
 * @typedef {{name: string, part: number, tone: Tone}} Meter  a part from 0 to 1
 *
 * @typedef {object} Panel
 * @property {string} id
 * @property {string} title
 * @property {string} [note]  said beside the title
 * @property {Tone} [tone]  of the note
 * @property {string} [empty]  said where there are no rows
 * @property {boolean} [paired]  two short rows stand side by side
 * @property {Row[]} rows
 * @property {HTMLElement} [element]  the panel itself, where it is written by somebody else
 * @property {Grid} [table]  figures in rows and columns, after the rows
 * @property {Chart} [chart]  drawn between the title and the rows
 * @property {HTMLElement} [controls]  after the title: kept by whoever made it
 * @property {boolean} [eager]  on a phone its tab is opened when the panel first comes
 *
 * @typedef {object} Chart  values over ticks, with the playhead on them; a press goes to the tick
 * @property {'stack' | 'lines'} kind  counts on each other, or a band for each line
 * @property {string} title  for those who hear it
 * @property {number} first  ticks at its ends
 * @property {number} last
 * @property {number} tick  the playhead
 * @property {number[]} ticks  of the values, in order
 * @property {{name: string, tone: Tone, values: number[]}[]} series  NaN where nothing is known
 *
 * @typedef {object} Grid
 * @property {string[]} head
 * @property {{key: string, cells: string[], tone?: Tone, tick?: number, marked?: number[]}[]} rows  a press on the first cell goes to the tick; what has changed is marked
 * @property {string} [more]  said below, where rows are left out
 *
 * @typedef {object} Told  what the recording tells beyond one snapshot
 * @property {number} tick
 * @property {Marker[]} markers
 * @property {Metrics | null} [metrics]
 * @property {string | null} [focus]
 *
 * @typedef {object} Host  the viewer as a renderer with controls of its own sees it
 * @property {HTMLElement} stage  where the board lies, and where controls may
 * @property {() => void} wake  draw anew, and write all parts
 * @property {() => View} view
 * @property {(view: View) => void} look  see the board so
 * @property {(subject: string | null) => void} choose  follow this one
 * @property {() => string | null} focus
 * @property {(words: string) => void} speak  to those who listen
 * @property {(tick: number) => Snapshot | null} peek  a tick that is here, else null
 * @property {(who: string, next: () => number | null) => void} seek  fetch other ticks than the playhead's too
 * @property {(tick: number) => boolean} lost  whether a tick is known never to have been recorded
 * @property {() => {first: number, last: number}} range
 * @property {() => string[]} charts  the paths that are charted, as the address says
 * @property {(paths: string[]) => void} chart  chart these instead
 * @property {() => string} theme  a key that changes with the colours
 * @property {() => string | null} world  the hash of the world that the recording plays in
 *
 * @typedef {{id: number, tick: number, author: string, guest: boolean, message: string, timestamp_ms: number}} ChatLine
 *
 * @typedef {object} ChatHello  how one stands in the chat
 * @property {string} name
 * @property {boolean} guest
 * @property {boolean} kept  whether the name lasts
 * @property {boolean} can_write
 * @property {boolean} may_delete
 * @property {{until: number | null, detail: string} | null} silenced
 *
 * @typedef {{x: number, y: number, width: number, height: number}} Box  in CSS pixels
 * @typedef {{subject: string | null, label: string, value: any}} Found
 * @typedef {{id: string, label: string, off?: boolean}} Layer  `off` until it is switched on
 * @typedef {Record<string, any>} View  how the board is turned or zoomed: the renderer's own words
 * @typedef {{kind: 'drag' | 'zoom', dx: number, dy: number, factor: number, x: number, y: number, pan?: boolean}} Gesture  `pan` with Shift or another button than the first
 *
 * @typedef {object} Frame
 * @property {number} tick
 * @property {Snapshot} snapshot  the tick being shown
 * @property {Snapshot | null} previous  the tick before, or null after a jump
 * @property {number} fraction  how far the motion from previous to snapshot has come; 1 is at rest
 *
 * @typedef {object} Options
 * @property {import('./palette.js').Palette} palette
 * @property {string | null} focus  the subject that is followed
 * @property {ReadonlySet<string>} hidden  ids of the layers that are switched off
 * @property {View} view
 *
 * @typedef {object} Renderer  see renderers/README.md
 * @property {(context: any, frame: Frame, box: Box, options: Options) => void} draw
 * @property {string} [contextKind]  '2d' unless told
 * @property {number} [motionSeconds]  longest motion between two ticks; a whole tick unless told
 * @property {(snapshot: Snapshot, previous: Snapshot | null, told?: Told) => Panel[]} [panels]
 * @property {(snapshot: Snapshot, box: Box, x: number, y: number, view: View) => Found | null} [hit]
 * @property {(snapshot: Snapshot, subject: string) => Found | null} [find]
 * @property {(snapshot: Snapshot) => string} [describe]
 * @property {(snapshot: Snapshot) => Omit<Marker, 'tick'>[]} [markers]
 * @property {(snapshot: Snapshot) => Omit<Marker, 'tick'>[]} [events]  all that happened, where that is more than the markers
 * @property {boolean} [everyTick]  whether the list of events tells those of each tick, not the marked ones alone
 * @property {(snapshot: Snapshot) => string | null} [turnOf]  a key of whose turn it is, where a game has turns
 * @property {(snapshot: Snapshot) => number} [metric]  the main number, for the line over the bar
 * @property {Record<string, Mark>} [marks]
 * @property {Layer[]} [layers]
 * @property {View} [view]  the view to begin with
 * @property {(view: View, gesture: Gesture, box: Box) => View} [turn]
 * @property {(view: View, focus: string | null) => string} [writeView]  the view for the address, in letters, digits, `_`, `.` and `-`; empty where it is as at the beginning
 * @property {(text: string, focus: string | null) => View | null} [readView]  the view that was written so; null where it was not
 * @property {(first: Snapshot) => void} [begin]  takes the first snapshot before any other is drawn
 * @property {(host: Host) => void} [attach]  puts controls of its own on the page
 * @property {boolean} [anything]  whether it draws any JSON, as the last resort
 * @property {(x: number, y: number) => boolean} [press]  takes a press on the board for itself, or leaves it
 * @property {import('./keys.js').Key[]} [keys]  keys of its own, shown among the others
 * @property {import('./controls.js').Actions} [actions]  what they do, by name
 * @property {() => string | null} [loading]  what is on its way beside the ticks, in words
 * @property {() => {words: string, retry: () => void} | null} [trouble]  what could not be had beside the ticks
 * @property {boolean} [anything]  whether it draws any JSON, as the last resort
 * @property {boolean} [choosing]  whether a press on the board follows what is there, instead of inspecting it
 */

export {};
