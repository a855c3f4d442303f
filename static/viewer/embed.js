/** Start the viewer in a frame of another page: without cookies, and with messages to and from that page. */

import { readAddress } from './address.js';
import { linkTo } from './links.js';
import { Messages, originOf } from './messages.js';
import { openViewer, readSetup } from './opening.js';
import { part } from './page.js';
import { wireWatched } from './watched.js';
import { leaveCookies } from './wire.js';

async function start() {
  leaveCookies();
  const setup = readSetup();
  /** @type {Messages | null} */
  let messages = null;
  const { session, screen, actions } = await openViewer(setup, readAddress(location.search), {
    shown: () => messages?.tell(),
  });
  const link = part('full-page');
  for (const kind of ['pointerdown', 'focus', 'click'])
    link.addEventListener(kind, () => link.setAttribute('href', linkTo(session, screen)));
  part('fullscreen').toggleAttribute('data-barred', !document.fullscreenEnabled);
  wireWatched(setup, () => session.player.tick);
  if (parent === window) return;
  messages = new Messages(session, actions, {
    post: (message, origin) => parent.postMessage(message, origin),
    origin: originOf(document.referrer, location.ancestorOrigins),
  });
  addEventListener('message', (event) => {
    if (event.source === parent) messages?.receive(event.data, event.origin);
  });
  messages.tell();
}

start();
