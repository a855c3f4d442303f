/** Buttons that copy a piece of code: each names the element whose text it takes. */

for (const button of document.querySelectorAll('button[data-copies]')) {
  const source = document.getElementById(/** @type {HTMLElement} */ (button).dataset.copies ?? '');
  if (!source) continue;
  /** @type {HTMLButtonElement} */ (button).hidden = false;
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(source.textContent ?? '');
      button.textContent = 'Copied';
    } catch {
      getSelection()?.selectAllChildren(source);
      button.textContent = 'Selected';
    }
  });
}
