/**
 * What a page and the viewer in its frame say to each other, version 1: objects with `segfault: 1`
 * and a `type`. Only the page's own origin is listened to, and only it is told anything. No DOM.
 */

const VERSION = 1;

/**
 * @typedef {object} Wires
 * @property {(message: object, origin: string) => void} post
 * @property {string | null} origin  the page's, where it is known
 */

export class Messages {
  /**
   * @param {import('./session.js').Session} session
   * @param {import('./controls.js').Actions} actions
   * @param {Wires} wires
   */
  constructor(session, actions, { post, origin }) {
    this.session = session;
    this.actions = actions;
    this.post = post;
    this.origin = origin;
    this.ready = false;
    this.playing = false;
    this.live = false;
    this.tick = NaN;
  }

  /**
   * Do what the page asks; what is of another origin, version or kind is left alone.
   * @param {any} message
   * @param {string} origin
   */
  receive(message, origin) {
    if (!this.origin || origin !== this.origin) return;
    if (message === null || typeof message !== 'object' || message.segfault !== VERSION) return;
    const { player } = this.session;
    if (message.type === 'hello') {
      this.ready = false;
      this.tell();
    } else if (!this.session.started) return;
    else if (message.type === 'play' && !player.playing) this.actions.toggle();
    else if (message.type === 'pause' && player.playing) this.actions.toggle();
    else if (message.type === 'seek' && Number.isFinite(message.tick))
      this.actions.seek(message.tick);
  }

  /** Tell the page what has changed since it was told last. */
  tell() {
    const { session } = this;
    const { player } = session;
    if (!session.started) return;
    const live = Boolean(session.shard?.live);
    if (!this.ready || live !== this.live) {
      this.say('ready', { ...this.range(), tick: player.tick, playing: player.playing });
    } else {
      if (player.playing !== this.playing)
        this.say(player.playing ? 'play' : 'pause', { tick: player.tick });
      if (player.tick !== this.tick) this.say('tick', { tick: player.tick });
    }
    this.ready = true;
    Object.assign(this, { live, playing: player.playing, tick: player.tick });
  }

  range() {
    const { player, shard } = this.session;
    return { first_tick: player.first, last_tick: player.last, live: Boolean(shard?.live) };
  }

  /**
   * @param {string} type
   * @param {object} more
   */
  say(type, more) {
    if (this.origin) this.post({ segfault: VERSION, type, ...more }, this.origin);
  }
}

/**
 * The origin of the page around this frame, as the browser tells it; null where it has none to be
 * told by, as a file or a sandboxed frame.
 * @param {string} referrer
 * @param {ArrayLike<string>} [ancestors]
 */
export function originOf(referrer, ancestors) {
  const named = ancestors?.[0] ?? referrer;
  try {
    const { origin } = new URL(named);
    return origin === 'null' ? null : origin;
  } catch {
    return null;
  }
}
