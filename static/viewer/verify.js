/** The dialog in which a recording is simulated again, and what came of it is told. */

import { part, say } from './page.js';
import { tried } from './share.js';
import { send } from './wire.js';

/**
 * @param {import('./types.js').Setup} setup
 */
export function wireVerify(setup) {
  const dialog = /** @type {HTMLDialogElement} */ (part('verify-dialog'));
  const begin = /** @type {HTMLButtonElement} */ (part('verify-begin'));
  part('verify-open').hidden = !setup.shard_id;
  begin.hidden = !setup.signed_in;
  part('verify-login').hidden = setup.signed_in;
  part('verify-login-link').setAttribute('href', setup.login_url);
  part('verify-open').addEventListener('click', () => {
    part('more').removeAttribute('open');
    say(part('verify-answer'), '');
    dialog.showModal();
  });
  begin.addEventListener('click', async () => {
    begin.disabled = true;
    say(part('verify-answer'), 'Playing it again…');
    await tried(part('verify-answer'), async () => {
      const verdict = await send('POST', `${setup.base}/verify`);
      return `${verdict.state === 'verified' ? 'Verified' : 'Not verified'}: ${verdict.sentence}`;
    });
    begin.disabled = false;
  });
}
