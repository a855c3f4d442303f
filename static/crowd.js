/** The chat of all who watch, beside what is live: the last fifty lines, then each as it is said. */

import { make, part, say } from './viewer/page.js';
import { becomeGuest } from './viewer/sources/chat.js';
import { Reopened, socketAddress } from './viewer/sources/reopened.js';

/** The server pings every 30 s; a line silent for longer is dead. */
const SILENCE_SECONDS = 70;
const GONE = 4004;
const MOST_LINES = 200;
const NEAR_THE_END_PIXELS = 40;

/** @typedef {{author: string, message: string, timestamp_ms: number}} Said */

class Crowd extends Reopened {
  constructor() {
    const open = () => new WebSocket(socketAddress('/chat/ws'));
    super({ open, final: [GONE], silence: SILENCE_SECONDS });
    this.kept = false;
    /** What is sent as soon as the line is open again. */
    this.waiting = '';
  }

  /** The last lines come anew. */
  opened() {
    part('crowd-chat').hidden = false;
    part('chat-lines').replaceChildren();
    this.well();
    if (this.waiting) this.say(this.waiting);
    this.waiting = '';
  }

  /** @param {Said & {type?: string, detail?: string}} message */
  received(message) {
    if (message.type === 'refused') say(part('chat-answer'), message.detail ?? '');
    if (message.type === undefined) addLine(message);
  }

  over() {
    part('crowd-chat').hidden = true;
  }

  /** @param {string | null} words */
  line(words) {
    say(part('chat-line'), words ?? '');
  }

  /**
   * Say something; a guest is given a name first, under which the line is opened anew.
   * @param {string} text
   */
  async speak(text) {
    if (this.kept) return this.say(text);
    await becomeGuest();
    this.kept = true;
    this.waiting = text;
    this.restart();
    return true;
  }
}

/** @param {Said} said */
function addLine({ author, message, timestamp_ms: at }) {
  const log = part('chat-log');
  const follows = log.scrollTop + log.clientHeight > log.scrollHeight - NEAR_THE_END_PIXELS;
  const row = make('li');
  const time = make('time', 'quiet', new Date(at).toTimeString().slice(0, 5));
  time.setAttribute('datetime', new Date(at).toISOString());
  row.append(time, ' ', make('span', 'chat-author', author), ' ', make('span', '', message));
  const lines = part('chat-lines');
  lines.append(row);
  while (lines.childElementCount > MOST_LINES) lines.firstElementChild?.remove();
  part('chat-empty').hidden = true;
  if (follows) log.scrollTop = log.scrollHeight;
}

const { signed_in: signedIn, may_speak: maySpeak } = JSON.parse(part('crowd-setup').textContent ?? '{}');
const crowd = new Crowd();
crowd.kept = signedIn;
crowd.start();
if (maySpeak) {
  const field = /** @type {HTMLInputElement} */ (part('chat-text'));
  part('chat-form').addEventListener('submit', async (event) => {
    event.preventDefault();
    say(part('chat-answer'), '');
    try {
      if (await crowd.speak(field.value)) field.value = '';
      else say(part('chat-answer'), 'There is no line to the server just now, so nothing was said.');
    } catch (error) {
      say(part('chat-answer'), /** @type {Error} */ (error).message);
    }
  });
}
