/** Buttons that copy: each names the element whose text, value or address it takes. */

for (const button of document.querySelectorAll('button[data-copies]')) {
  const source = document.getElementById(/** @type {HTMLElement} */ (button).dataset.copies ?? '');
  if (!source) continue;
  /** @type {HTMLButtonElement} */ (button).hidden = false;
  const words = () => {
    if (source instanceof HTMLInputElement) return source.value;
    return source instanceof HTMLAnchorElement ? source.href : (source.textContent ?? '');
  };
  const answer = (/** @type {string} */ done) => {
    button.textContent = done;
    button.removeAttribute('aria-label');
  };
  button.addEventListener('click', async () => {
    try {
      await navigator.clipboard.writeText(words());
      answer('Copied');
    } catch {
      if (source instanceof HTMLInputElement) source.select();
      else getSelection()?.selectAllChildren(source);
      answer('Selected');
    }
  });
}
