/** From turn to turn, in games that have them: ticks are looked through until another turn begins. */

export class Turns {
  /** @param {import('./session.js').Session} session */
  constructor(session) {
    this.session = session;
    /** @type {1 | -1 | 0} which way is being looked */
    this.direction = 0;
    this.from = NaN;
    /** The tick at which the search stands; elsewhere, somebody else has moved the playhead. */
    this.at = NaN;
  }

  /** @param {1 | -1} direction */
  go(direction) {
    const { player } = this.session;
    player.pause();
    this.direction = direction;
    this.from = this.at = player.tick;
    this.proceed();
  }

  /**
   * Look as far as ticks are here; those that are not are asked for by standing before them.
   * @returns {boolean} whether the playhead has moved
   */
  proceed() {
    const { player } = this.session;
    const before = player.tick;
    if (player.playing || player.tick !== this.at) this.direction = 0;
    while (this.direction && this.isKnown(player.tick)) {
      const next = player.tick + this.direction;
      const beyond = next < player.first || next > player.last;
      if (beyond || (player.tick !== this.from && this.begins(player.tick))) this.direction = 0;
      else player.seek((this.at = next));
    }
    return player.tick !== before;
  }

  /**
   * Whether a tick and the one before it can be looked at.
   * @param {number} tick
   */
  isKnown(tick) {
    const { store, player } = this.session;
    return store.has(tick) && (tick <= player.first || store.has(tick - 1));
  }

  /**
   * Whether a turn begins with this tick.
   * @param {number} tick
   */
  begins(tick) {
    const here = this.turnAt(tick);
    return here !== null && here !== this.turnAt(tick - 1);
  }

  /** @param {number} tick */
  turnAt(tick) {
    const { store, renderer, player } = this.session;
    const line = tick < player.first ? null : store.line(tick);
    return (line && renderer?.turnOf?.(line.snapshot)) ?? null;
  }
}
