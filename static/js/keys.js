/* Keys that work everywhere on a page. Those of tree, list and menu stand with them. */
(() => {
  const typing = (target) => target.closest && target.closest('input, textarea, select, [contenteditable]');
  const act = (letter) => document.querySelector(`#actions [data-letter="${letter}"]:not([aria-disabled="true"])`);
  document.addEventListener('keydown', (event) => {
    if (event.defaultPrevented) return;
    const console_ = window.clusterConsole || {}, open = document.querySelector('dialog[open]');
    if (event.key === 'Escape') {
      if (open) return;
      const filter = document.querySelector('[data-filter][name="q"]');
      if (filter && filter.value) { filter.value = ''; filter.dispatchEvent(new Event('input', { bubbles: true })); }
      document.getElementById('tree')?.removeAttribute('data-open');
      return;
    }
    if (open || event.ctrlKey || event.metaKey) return;
    if (event.altKey && event.key === 'Enter') { event.preventDefault(); document.querySelector('#details h2 a')?.click(); return; }
    if (event.altKey || typing(event.target)) return;
    if (event.key === '?') { event.preventDefault(); document.getElementById('keys').showModal(); }
    else if (event.key === '/') { event.preventDefault(); document.querySelector('[data-filter][name="q"], [data-find]')?.focus(); }
    else if (event.key === 'F5' && !event.shiftKey) return;
    else if (console_.letters?.() && event.key.length === 1) {
      const letter = event.key.toUpperCase();
      if (letter === 'H') { const history = document.querySelector('[data-tab="history"]'); if (history) { event.preventDefault(); history.click(); } }
      else if (act(letter)) { event.preventDefault(); act(letter).click(); }
    }
  });
})();
