/** Dark, light or the system's: set before the first paint, changed by the button in the header. */

(function () {
  const ORDER = ['auto', 'dark', 'light'];
  const root = document.documentElement;

  function stored() {
    try {
      return localStorage.getItem('theme');
    } catch {
      return null;
    }
  }

  function show(/** @type {string} */ theme) {
    if (theme === 'auto') root.removeAttribute('data-theme');
    else root.setAttribute('data-theme', theme);
  }

  const asked = new URLSearchParams(location.search).get('theme');
  let theme = stored() ?? 'auto';
  if (!ORDER.includes(theme)) theme = 'auto';
  show(asked === 'dark' || asked === 'light' ? asked : theme);

  document.addEventListener('DOMContentLoaded', () => {
    const button = document.getElementById('theme-toggle');
    if (!button) return;
    const label = () => {
      button.setAttribute('aria-label', `Theme: ${theme}. Change`);
      button.title = `Theme: ${theme}`;
      button.dataset.theme = theme;
    };
    label();
    button.hidden = false;
    button.addEventListener('click', () => {
      theme = ORDER[(ORDER.indexOf(theme) + 1) % ORDER.length];
      try {
        localStorage.setItem('theme', theme);
      } catch {
        // Without storage the choice lasts as long as the page.
      }
      show(theme);
      label();
    });
  });
})();
