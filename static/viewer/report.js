/** The dialog by which anyone tells the moderators of a recording. */

import { part } from './page.js';
import { tried } from './share.js';
import { send } from './wire.js';

/**
 * @param {import('./types.js').Setup} setup
 */
export function wireReport(setup) {
  const dialog = /** @type {HTMLDialogElement} */ (part('report-dialog'));
  const form = part('report-form');
  const reason = /** @type {HTMLTextAreaElement} */ (part('report-reason'));
  part('report-open').addEventListener('click', () => {
    part('more').removeAttribute('open');
    form.hidden = false;
    part('report-answer').textContent = '';
    dialog.showModal();
    reason.focus();
  });
  form.addEventListener('submit', async (event) => {
    event.preventDefault();
    await tried(part('report-answer'), async () => {
      await send('POST', `${setup.base}/report`, { reason: reason.value.trim() });
      reason.value = '';
      form.hidden = true;
      return 'Thank you. A moderator will look at it.';
    });
  });
}
