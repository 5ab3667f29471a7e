/* Sets theme, contrast and density before the first paint, and keeps them per browser. */
(() => {
  const root = document.documentElement;
  const keep = (name, value) => { try { localStorage.setItem(name, value); } catch { /* blocked storage: this page only */ } };
  const kept = (name) => { try { return localStorage.getItem(name); } catch { return null; } };
  const asked = new URLSearchParams(location.search);
  const apply = () => {
    const theme = asked.get('theme') || kept('theme') || 'system';
    if (theme === 'system') delete root.dataset.theme; else root.dataset.theme = theme;
    const more = (asked.get('contrast') || kept('contrast') || '') === 'more' || matchMedia('(prefers-contrast: more)').matches;
    if (more) root.dataset.contrast = 'more'; else delete root.dataset.contrast;
    root.dataset.density = kept('density') || 'compact';
    for (const [name, now] of [['theme', theme], ['contrast', more ? 'more' : 'normal'], ['density', root.dataset.density]])
      for (const button of document.querySelectorAll(`[data-${name}-set]`))
        button.setAttribute('aria-pressed', String(button.getAttribute(`data-${name}-set`) === now));
  };
  for (const name of ['tree-w', 'det-h', 'tray-h']) { const size = kept(name); if (size) root.style.setProperty(`--${name}`, size); }
  apply();
  root.classList.remove('no-js');
  document.addEventListener('DOMContentLoaded', apply);
  document.addEventListener('click', (event) => {
    for (const name of ['theme', 'contrast', 'density']) {
      const button = event.target.closest(`[data-${name}-set]`);
      if (button) { asked.delete(name); keep(name, button.getAttribute(`data-${name}-set`)); apply(); }
    }
  });
})();
