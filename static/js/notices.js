/* The bell: how many notices are new to this browser. To open it is to have looked. */
(() => {
  const bell = document.querySelector('[data-bell]'), list = document.getElementById('notices');
  if (!bell) return;
  const count = bell.querySelector('[data-bell-count]');
  const shown = () => [...list.querySelectorAll('[data-notice]')];
  const latest = () => { const most = {}; for (const { dataset: { notice, number } } of shown()) most[notice] = Math.max(most[notice] || 0, Number(number)); return most; };
  let here = {}; /* where storage is blocked, this page remembers */
  const kept = () => { try { return JSON.parse(localStorage.noticed || '{}'); } catch { return here; } };
  const keep = () => { here = { ...kept(), ...latest() }; try { localStorage.noticed = JSON.stringify(here); } catch { /* this page only */ } };
  /* A console that began anew counts from one again: what was remembered above that means nothing */
  const isNew = (notice, seen, most) => Number(notice.dataset.number) > Math.min(seen[notice.dataset.notice] || 0, most[notice.dataset.notice]);
  const draw = () => {
    const seen = kept(), most = latest(), open = list.matches(':popover-open');
    const fresh = shown().filter((notice) => isNew(notice, seen, most));
    for (const notice of fresh) notice.classList.add('new');
    if (open) keep();
    count.textContent = fresh.length;
    count.hidden = open || !fresh.length;
    bell.setAttribute('aria-label', count.hidden ? bell.dataset.none : `${bell.dataset.new}: ${fresh.length}`);
  };
  list.addEventListener('toggle', (event) => {
    if (event.newState === 'open') window.clusterConsole?.writeTimes(list);
    else for (const notice of shown()) notice.classList.remove('new');
    draw();
  });
  document.addEventListener('htmx:oobAfterSwap', (event) => { if (event.target === document.body || event.target.id?.startsWith('notices-')) draw(); });
  addEventListener('storage', (event) => { if (event.key === 'noticed') draw(); });
  draw();
})();
