/* The frame: panes reached by F6, splitters whose sizes are kept, the tree, tabs, tray. */
(() => {
  const root = document.documentElement;
  const keep = (name, value) => { try { localStorage.setItem(name, value); } catch { /* this page only */ } };
  const kept = (name) => { try { return localStorage.getItem(name); } catch { return null; } };

  /* Splitters */
  const sides = {
    'tree-w': { from: (event) => event.clientX, least: 160, most: 480, grow: 'ArrowRight', shrink: 'ArrowLeft' },
    'det-h': { from: (event, box) => box.bottom - event.clientY, least: 90, most: 520, grow: 'ArrowUp', shrink: 'ArrowDown' },
    'tray-h': { from: (event, box) => box.bottom - event.clientY - 42, least: 36, most: 420, grow: 'ArrowUp', shrink: 'ArrowDown' },
  };
  const size = (name, value) => {
    const side = sides[name], pixels = `${Math.round(Math.min(side.most, Math.max(side.least, value)))}px`;
    root.style.setProperty(`--${name}`, pixels);
    keep(name, pixels);
    for (const split of document.querySelectorAll(`[data-split="${name}"]`)) split.setAttribute('aria-valuenow', parseInt(pixels, 10));
  };
  document.addEventListener('pointerdown', (event) => {
    const split = event.target.closest('[data-split]');
    if (!split) return;
    event.preventDefault();
    const name = split.dataset.split, box = split.parentElement.getBoundingClientRect();
    split.dataset.drag = '';
    split.setPointerCapture(event.pointerId);
    const move = (to) => size(name, sides[name].from(to, box));
    const end = () => { delete split.dataset.drag; split.removeEventListener('pointermove', move); };
    split.addEventListener('pointermove', move);
    split.addEventListener('pointerup', end, { once: true });
    split.addEventListener('pointercancel', end, { once: true });
  });
  document.addEventListener('keydown', (event) => {
    const split = event.target.closest && event.target.closest('[data-split]');
    if (!split) return;
    const side = sides[split.dataset.split], step = event.key === side.grow ? 16 : event.key === side.shrink ? -16 : 0;
    if (!step) return;
    event.preventDefault();
    const now = split.dataset.split === 'tree-w' ? split.parentElement.offsetWidth : split.dataset.split === 'det-h' ? split.parentElement.offsetHeight : document.querySelector('.ops').offsetHeight;
    size(split.dataset.split, now + step);
  });

  /* F6 */
  const panes = () => ['.treebox [tabindex="0"]', '#list [role="row"][tabindex="0"], .scrollmain [role="tab"][aria-selected="true"], #main a', '#details [role="tab"][aria-selected="true"]', '#actions .act', '#tray button']
    .map((selector) => [...document.querySelectorAll(selector)].find((element) => element.offsetParent !== null)).filter(Boolean);
  document.addEventListener('keydown', (event) => {
    if (event.key !== 'F6') return;
    event.preventDefault();
    const all = panes();
    const here = all.findIndex((element) => (element.closest('.tree, .list, .details, .actions, .tray, #main') || element).contains(document.activeElement));
    all[(here + (event.shiftKey ? all.length - 1 : 1)) % all.length]?.focus();
  });

  /* The tree: one tab stop, arrows, type-ahead; what is closed stays closed in this browser. Of the clusters only the one
     that is looked at stands open by itself, and those that were opened by hand. */
  const items = () => [...document.querySelectorAll('.treebox [role="treeitem"]')].filter((item) => item.firstElementChild.offsetParent !== null);
  const folded = new Set(JSON.parse(kept('folded') || '[]')), opened = new Set(JSON.parse(kept('opened') || '[]'));
  const fold = (item, open) => {
    if (!item.hasAttribute('aria-expanded')) return;
    item.setAttribute('aria-expanded', String(open));
    for (const [set, on] of [[folded, !open], [opened, open]]) if (on) set.add(item.id); else set.delete(item.id);
    keep('folded', JSON.stringify([...folded]));
    keep('opened', JSON.stringify([...opened]));
  };
  const mark = () => {
    const here = location.pathname;
    for (const link of document.querySelectorAll('.treebox a.ti')) {
      const path = new URL(link.href).pathname;
      if (path === here) link.setAttribute('aria-current', 'page'); else link.removeAttribute('aria-current');
    }
    if (document.querySelector('.treebox [aria-current]')) return;
    const near = [...document.querySelectorAll('.treebox a.ti')].filter((link) => here.startsWith(new URL(link.href).pathname) && new URL(link.href).pathname !== '/');
    near.sort((a, b) => b.pathname.length - a.pathname.length)[0]?.setAttribute('aria-current', 'page');
  };
  const restore = () => {
    mark();
    for (const item of document.querySelectorAll('.treebox [role="treeitem"][aria-expanded]'))
      if (!item.querySelector('[aria-current="page"]') && (folded.has(item.id) || (item.ariaLevel === '1' && !opened.has(item.id)))) item.setAttribute('aria-expanded', 'false');
    const all = items(), current = document.querySelector('.treebox [aria-current="page"]')?.closest('[role="treeitem"]');
    const stop = all.find((item) => item === document.activeElement) || current || all[0];
    for (const item of all) item.tabIndex = item === stop ? 0 : -1;
  };
  const visit = (item) => { if (!item) return; for (const other of items()) other.tabIndex = -1; item.tabIndex = 0; item.focus(); };
  let typed = '', typedAt = 0;
  document.addEventListener('click', (event) => {
    const twist = event.target.closest('.tw[data-twist]');
    if (!twist) return;
    event.preventDefault();
    const item = twist.closest('[role="treeitem"]');
    fold(item, item.getAttribute('aria-expanded') !== 'true');
  });
  document.addEventListener('keydown', (event) => {
    const item = event.target.closest && event.target.closest('[role="treeitem"]');
    if (!item || event.ctrlKey || event.altKey || event.metaKey) return;
    const all = items(), at = all.indexOf(item), open = item.getAttribute('aria-expanded');
    if (event.key === 'ArrowDown') visit(all[at + 1]);
    else if (event.key === 'ArrowUp') visit(all[at - 1]);
    else if (event.key === 'Home') visit(all[0]);
    else if (event.key === 'End') visit(all[all.length - 1]);
    else if (event.key === 'ArrowRight') { if (open === 'false') fold(item, true); else if (open) visit(all[at + 1]); }
    else if (event.key === 'ArrowLeft') { if (open === 'true') fold(item, false); else visit(item.parentElement.closest('[role="treeitem"]')); }
    else if (event.key === 'Enter' || event.key === ' ') item.querySelector('a.ti')?.click();
    else if (event.key.length === 1 && event.key !== '/' && event.key !== '?') {
      typed = performance.now() - typedAt > 900 ? event.key : typed + event.key;
      typedAt = performance.now();
      const found = [...all.slice(at + (typed.length > 1 ? 0 : 1)), ...all].find((other) => other.querySelector('.tl').textContent.toLowerCase().startsWith(typed.toLowerCase()));
      if (found) visit(found);
    } else return;
    event.preventDefault();
  });
  document.addEventListener('click', (event) => {
    if (event.target.closest('[data-open-tree]')) document.getElementById('tree')?.toggleAttribute('data-open');
    const tray = event.target.closest('[data-tray]')?.closest('.tray');
    if (tray) { const open = tray.dataset.open !== 'true'; keep('tray', String(open)); tray.dataset.open = String(open); }
  });
  const settle = () => {
    restore();
    const tray = document.getElementById('tray');
    if (tray) { tray.dataset.open = kept('tray') ?? 'true'; tray.querySelector('[data-tray]')?.setAttribute('aria-expanded', tray.dataset.open); }
  };
  settle();
  document.addEventListener('htmx:afterSettle', settle);
  document.addEventListener('htmx:oobAfterSwap', (event) => { if (event.target.closest?.('.tree, .tray')) settle(); });
})();
