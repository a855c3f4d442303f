/** The panel of the chat: what had been said by the tick that is shown, and a field while it is live. */

import { make, say } from './page.js';
import { Talk } from './talk.js';

/** @typedef {import('./types.js').ChatLine} ChatLine */

const NEAR_THE_END_PIXELS = 40;

export class Chat {
  /**
   * @param {import('./session.js').Session} session
   * @param {{wake: () => void, seek: (tick: number) => void}} options
   */
  constructor(session, { wake, seek }) {
    this.session = session;
    this.seek = seek;
    this.talk = new Talk(session.setup.base, wake);
    this.element = make('section', 'panel chat');
    this.element.id = 'panel-chat';
    this.element.dataset.panel = 'chat';
    const heading = make('h2', '', 'Chat');
    heading.id = 'panel-title-chat';
    this.element.setAttribute('aria-labelledby', heading.id);
    this.note = make('span', 'panel-note tone-quiet');
    const head = make('header', 'panel-head');
    head.append(heading, this.note);
    this.list = make('ol');
    this.log = make('div', 'chat-lines');
    this.log.setAttribute('role', 'log');
    this.log.setAttribute('aria-labelledby', heading.id);
    this.log.tabIndex = 0;
    this.log.append(this.list);
    this.empty = make('p', 'panel-empty');
    this.form = /** @type {HTMLFormElement} */ (make('form', 'chat-form'));
    this.input = /** @type {HTMLInputElement} */ (make('input'));
    this.button = /** @type {HTMLButtonElement} */ (make('button', '', 'Send'));
    this.words = make('p', 'chat-words');
    this.words.setAttribute('role', 'status');
    this.identity = make('p', 'chat-as');
    this.build();
    this.element.append(head, this.log, this.empty, this.form, this.words, this.identity);
    /** @type {Map<number, HTMLElement>} */
    this.shown = new Map();
    this.signature = '';
  }

  build() {
    this.input.id = 'chat-input';
    this.input.maxLength = 256;
    this.input.autocomplete = 'off';
    this.input.placeholder = 'Say something';
    this.input.setAttribute('aria-label', 'Say something');
    this.input.setAttribute('enterkeyhint', 'send');
    this.form.append(this.input, this.button);
    this.form.addEventListener('submit', (event) => this.submit(event));
    this.input.addEventListener('keydown', (event) => {
      if (event.key === 'Escape') this.input.blur();
    });
  }

  /** @returns {import('./types.js').Panel} */
  panel() {
    return { id: 'chat', title: 'Chat', rows: [], element: this.element };
  }

  /** @param {Event} event */
  submit(event) {
    event.preventDefault();
    const text = this.input.value.trim();
    if (!text) return;
    this.input.value = '';
    this.talk.say(text);
  }

  /**
   * Show the chat as it stood at the playhead; while that is dragged about nothing is fetched.
   * @param {{resting: boolean}} playhead
   */
  update({ resting }) {
    const { session, talk } = this;
    if (!session.started || !session.shard) return;
    const { player } = session;
    if (session.shard.live) talk.listen();
    else if (!talk.over) talk.finish();
    if (resting) talk.need(player.tick);
    const lines = talk.upTo(player.following ? Infinity : player.tick);
    this.log.setAttribute('aria-live', player.following ? 'polite' : 'off');
    this.write(lines);
    const nothing = session.shard.live ? 'Nobody has said anything.' : 'Nothing was said by now.';
    say(this.empty, lines.length ? '' : talk.trouble || nothing);
    say(this.note, lines.length && talk.trouble ? 'incomplete' : '');
    this.writeForm();
  }

  /** @param {ChatLine[]} lines */
  write(lines) {
    const signature = `${this.talk.mayDelete} ${lines.map(({ id }) => id).join()}`;
    if (signature === this.signature) return;
    this.signature = signature;
    const { list, log } = this;
    const atEnd = log.scrollHeight - log.scrollTop - log.clientHeight < NEAR_THE_END_PIXELS;
    const wanted = new Set(lines.map(({ id }) => id));
    for (const [id, element] of this.shown) {
      if (wanted.has(id)) continue;
      element.remove();
      this.shown.delete(id);
    }
    lines.forEach((line, place) => {
      const element = this.shown.get(line.id) ?? this.lineOf(line);
      this.shown.set(line.id, element);
      if (list.children[place] !== element) list.insertBefore(element, list.children[place] ?? null);
    });
    if (atEnd) log.scrollTop = log.scrollHeight;
  }

  /** @param {ChatLine} line */
  lineOf({ id, tick, author, guest, message }) {
    const element = make('li', 'chat-line');
    const when = make('button', 'chat-tick', String(tick));
    when.setAttribute('type', 'button');
    when.setAttribute('aria-label', `Go to tick ${tick}`);
    when.addEventListener('click', () => this.seek(tick));
    const who = make('bdi', guest ? 'chat-author quiet' : 'chat-author', author);
    const text = make('span', 'chat-text');
    text.append(who, ' ', make('bdi', '', message));
    element.append(when, text);
    if (this.talk.mayDelete) {
      const remove = make('button', 'chat-delete', 'Delete');
      remove.setAttribute('type', 'button');
      remove.setAttribute('aria-label', `Delete what ${author} said`);
      remove.addEventListener('click', () => this.talk.remove(id));
      element.append(remove);
    }
    return element;
  }

  writeForm() {
    const { session, talk } = this;
    const live = Boolean(session.shard?.live) && !talk.over;
    this.form.hidden = !live || talk.hello?.can_write === false;
    this.identity.hidden = !live || !talk.hello;
    this.input.disabled = !talk.canWrite;
    this.button.disabled = !talk.canWrite;
    say(this.words, live ? (talk.silenced?.words ?? talk.refusal) : '');
    if (talk.refusal && talk.said) {
      if (!this.input.value) this.input.value = talk.said;
      talk.said = '';
    }
    this.writeIdentity();
  }

  /** Say under which name one writes, and how to write under one's own. */
  writeIdentity() {
    const { hello } = this.talk;
    const words = !hello
      ? ''
      : !hello.can_write
        ? 'Only those who are signed in can write here.'
        : hello.guest && !hello.kept
          ? 'You write as a guest.'
          : `You write as ${hello.name}.`;
    if (this.identity.dataset.words === words) return;
    this.identity.dataset.words = words;
    this.identity.replaceChildren(words);
    if (!hello?.guest) return;
    const link = make('a', '', 'Sign in');
    link.setAttribute('href', this.session.setup.login_url);
    this.identity.append(' ', link, hello.can_write ? ' to use your own name.' : '.');
  }
}
