/* Context menu and dialogs: the same acts as the pane, at the pointer or the row. */
(() => {
  const menu = document.getElementById('menu'), dialog = document.getElementById('dialog');
  const shared = () => window.clusterConsole || {};
  let opener = null;

  /* Menu */
  const show = async (x, y, from, keyed = true) => {
    if (!shared().meant || !document.body.dataset.menu) return;
    const said = shared().meant('key');
    const answer = await fetch(`${document.body.dataset.menu}?${said}`, { headers: { 'HX-Request': 'true' } }).catch(() => null);
    if (answer?.status === 401) location.reload();
    if (!answer?.ok) return;
    menu.innerHTML = '';
    menu.append(...document.importNode(new DOMParser().parseFromString(await answer.text(), 'text/html').body, true).childNodes);
    menu.hidden = false;
    window.htmx.process(menu);
    opener = from;
    if (innerWidth > 720) {
      menu.style.left = `${Math.max(4, Math.min(x, innerWidth - menu.offsetWidth - 8))}px`;
      menu.style.top = `${Math.max(4, Math.min(y, innerHeight - menu.offsetHeight - 8))}px`;
    } else { menu.style.left = ''; menu.style.top = ''; }
    (keyed ? items()[0] : menu)?.focus();
  };
  const items = () => [...menu.querySelectorAll('[role="menuitem"]')].filter((item) => item.offsetParent !== null);
  const hide = (back = true) => { if (menu.hidden) return; menu.hidden = true; if (back) opener?.focus(); };
  document.addEventListener('contextmenu', (event) => {
    const row = event.target.closest('#rows > .row');
    if (!row) return;
    event.preventDefault();
    if (!shared().chosen().includes(row.dataset.id)) shared().choose([row.dataset.id], row);
    const box = row.getBoundingClientRect();
    const keyed = event.clientX === 0 && event.clientY === 0;
    show(keyed ? box.left + 40 : event.clientX, keyed ? box.bottom : event.clientY, row, keyed);
  });
  document.addEventListener('keydown', (event) => {
    const row = event.target.closest && event.target.closest('#rows > .row');
    if (row && ((event.shiftKey && event.key === 'F10') || event.key === 'ContextMenu')) {
      event.preventDefault();
      if (!shared().chosen().includes(row.dataset.id)) shared().choose([row.dataset.id], row);
      const box = row.getBoundingClientRect();
      show(box.left + 40, box.bottom, row);
    }
  });
  document.addEventListener('click', (event) => {
    const button = event.target.closest('[data-acts]');
    if (button) { const box = button.getBoundingClientRect(); show(box.left, box.bottom + 4, button, event.detail === 0); }
  });
  let held = 0;
  document.addEventListener('touchstart', (event) => {
    const row = event.target.closest('#rows > .row');
    if (row) held = setTimeout(() => { shared().choose([row.dataset.id], row); show(0, 0, row, false); }, 550);
  }, { passive: true });
  for (const name of ['touchend', 'touchmove', 'touchcancel']) document.addEventListener(name, () => clearTimeout(held), { passive: true });
  let typed = '', typedAt = 0;
  menu.addEventListener('keydown', (event) => {
    const all = items(), at = all.indexOf(document.activeElement);
    const to = { ArrowDown: at + 1, ArrowUp: Math.max(at, 0) - 1 + all.length, Home: 0, End: all.length - 1 }[event.key];
    if (to !== undefined) { event.preventDefault(); all[to % all.length]?.focus(); }
    else if (event.key === 'Escape' || event.key === 'Tab') { event.preventDefault(); event.stopPropagation(); hide(); }
    else if (event.key === 'ArrowRight' && document.activeElement.matches('[data-more]')) document.activeElement.click();
    else if (event.key.length === 1 && event.key !== ' ') {
      typed = performance.now() - typedAt > 900 ? event.key : typed + event.key;
      typedAt = performance.now();
      [...all.slice(at + 1), ...all].find((item) => item.textContent.trim().toLowerCase().startsWith(typed.toLowerCase()))?.focus();
    }
  });
  menu.addEventListener('click', (event) => {
    const more = event.target.closest('[data-more]');
    if (more) {
      const open = more.getAttribute('aria-expanded') !== 'true';
      more.setAttribute('aria-expanded', String(open));
      more.nextElementSibling.hidden = !open;
      if (menu.getBoundingClientRect().bottom > innerHeight - 8) menu.style.top = `${Math.max(4, innerHeight - menu.offsetHeight - 8)}px`;
      if (open) more.nextElementSibling.querySelector('[role="menuitem"]')?.focus();
      return;
    }
    const item = event.target.closest('[role="menuitem"]');
    if (item && item.getAttribute('aria-disabled') !== 'true') setTimeout(() => hide(false), 0);
  });
  document.addEventListener('pointerdown', (event) => { if (!menu.hidden && !event.target.closest('#menu')) hide(false); });
  document.addEventListener('click', (event) => {
    const off = event.target.closest('[aria-disabled="true"]');
    if (off) { event.preventDefault(); event.stopPropagation(); }
  }, true);

  /* Dialogs come as fragments into one native dialog */
  const arm = () => {
    const button = dialog.querySelector('[data-typed]');
    if (!button) return;
    const field = dialog.querySelector('[name="typed"]'), opened = Date.now(), wait = Number(button.dataset.delay) * 1000;
    const check = () => { button.disabled = field.value.trim() !== button.dataset.typed || Date.now() - opened < wait; };
    field.addEventListener('input', check);
    const timer = setInterval(() => { if (!button.isConnected) clearInterval(timer); else check(); }, 250);
  };
  document.addEventListener('htmx:afterSwap', (event) => {
    if (event.detail.target !== dialog) return;
    if (!dialog.open) dialog.showModal();
    window.clusterConsole.writeTimes(dialog);
    arm();
    (dialog.querySelector('.choice input:checked') || dialog.querySelector('[autofocus]') || dialog.querySelector('input:not([type="hidden"])'))?.focus();
  });
  document.addEventListener('click', (event) => {
    if (event.target.closest('[data-close]')) event.target.closest('dialog')?.close();
    if (event.target.matches('dialog')) event.target.close();
    if (event.target.closest('[data-keys]')) { document.getElementById('person')?.hidePopover?.(); document.getElementById('keys').showModal(); }
    const ops = event.target.closest('[data-ops]');
    if (ops) {
      ops.closest('.tray').dataset.filter = ops.dataset.ops;
      for (const other of ops.parentElement.children) other.setAttribute('aria-pressed', String(other === ops));
    }
    const letters = event.target.closest('[data-letters]');
    if (letters) { try { localStorage.letters = letters.checked ? 'on' : 'off'; } catch { /* this page only */ } }
  });
  try { const box = document.querySelector('[data-letters]'); if (box) box.checked = localStorage.letters !== 'off'; } catch { /* default */ }
  document.addEventListener('htmx:afterRequest', (event) => {
    const { xhr, elt } = event.detail;
    if (!xhr || xhr.status !== 204) return;
    if (dialog.open) dialog.close();
    if (elt.dataset.then) location.href = elt.dataset.then;
  });
  document.addEventListener('asked', (event) => {
    const said = document.getElementById('said');
    if (said) said.textContent = event.detail.text;
  });
})();
