/* Context menu with its submenu of nodes, and dialogs: the same acts as the pane, at the pointer or the row. */
(() => {
  const menu = document.getElementById('menu'), sub = document.getElementById('submenu'), dialog = document.getElementById('dialog');
  const shared = () => window.clusterConsole || {};
  let opener = null, wished = 0;

  /* Menu */
  const show = async (x, y, from, keyed = true) => {
    if (!shared().meant || !document.body.dataset.menu) return;
    const mine = ++wished, about = from.dataset.acts || `${document.body.dataset.menu}?${shared().meant('key')}`;
    const [answer, text] = await read(about);
    /* A later wish, a press elsewhere, Escape or another row: this menu is no longer wanted */
    if (mine !== wished || (from.matches('.row') && !shared().chosen().includes(from.dataset.id))) return;
    if (answer?.status === 401) location.reload();
    if (!answer?.ok) return;
    fold(false);
    fill(menu, text);
    opener = from;
    put(menu, x, y);
    (keyed ? items(menu)[0] : menu)?.focus();
  };
  const read = async (address) => {
    try {
      const answer = await fetch(address, { headers: { 'HX-Request': 'true' } });
      return [answer, await answer.text()];
    } catch { return [null, '']; }
  };
  const fill = (box, text) => {
    box.innerHTML = '';
    box.append(...document.importNode(new DOMParser().parseFromString(text, 'text/html').body, true).childNodes);
    box.hidden = false;
    box.scrollTop = 0;
    window.htmx.process(box);
  };
  const put = (box, x, y) => {
    const wide = innerWidth > 720; /* else it is a sheet at the foot of the screen */
    box.style.left = wide ? `${Math.max(4, Math.min(x, innerWidth - box.offsetWidth - 8))}px` : '';
    box.style.top = wide ? `${Math.max(4, Math.min(y, innerHeight - box.offsetHeight - 8))}px` : '';
  };
  const items = (box) => [...box.querySelectorAll('[role="menuitem"]')].filter((item) => item.offsetParent !== null);
  const hide = (back = true) => { if (menu.hidden) return; fold(false); menu.hidden = true; if (back) opener?.focus(); };

  /* Submenu: the nodes of a move. It is read when it is opened, so its rooms are those of now */
  let parent = null, asked = 0, pointed = 0, under = null;
  const unfold = async (item, keyed) => {
    if (item === parent && !sub.hidden) { if (keyed) items(sub)[0]?.focus(); return; }
    fold(false);
    const mine = ++asked;
    parent = item;
    item.setAttribute('aria-expanded', 'true');
    const [answer, text] = await read(item.dataset.sub);
    if (mine !== asked) return;
    if (!answer?.ok) { fold(false); return; }
    fill(sub, text);
    const box = item.getBoundingClientRect(), beside = box.right + sub.offsetWidth < innerWidth - 8;
    put(sub, beside ? box.right + 2 : box.left - sub.offsetWidth - 2, box.top - 6);
    if (keyed) items(sub)[0]?.focus(); else if (innerWidth <= 720) sub.focus();
  };
  const fold = (back) => {
    const item = parent;
    clearTimeout(pointed);
    asked += 1;
    parent = null;
    sub.hidden = true;
    item?.setAttribute('aria-expanded', 'false');
    if (back) item?.focus();
  };
  /* The pointer may rest on an act with nodes instead of clicking it; on its way to them it may cross other acts.
     A menu that opens under a pointer that lies still is no wish */
  menu.addEventListener('pointermove', (event) => {
    const item = event.target.closest('[role="menuitem"]');
    if (event.pointerType !== 'mouse' || innerWidth <= 720 || !(event.movementX || event.movementY) || item === under) return;
    under = item;
    clearTimeout(pointed);
    if (!item || item === parent) return;
    pointed = setTimeout(() => { if (item.dataset.sub) unfold(item, false); else if (!sub.contains(document.activeElement)) fold(false); }, 300);
  });
  sub.addEventListener('pointerover', () => { clearTimeout(pointed); under = null; });
  document.addEventListener('contextmenu', (event) => {
    const row = event.target.closest('#rows > .row'), part = event.target.closest('tr')?.querySelector('[data-acts]');
    if (part) { event.preventDefault(); show(event.clientX, event.clientY, part, false); }
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
  const keys = (event) => {
    const box = event.currentTarget, all = items(box), at = all.indexOf(document.activeElement), on = document.activeElement;
    const to = { ArrowDown: at + 1, ArrowUp: Math.max(at, 0) - 1 + all.length, Home: 0, End: all.length - 1 }[event.key];
    if (to !== undefined) { event.preventDefault(); all[to % all.length]?.focus(); }
    else if (box === sub && (event.key === 'Escape' || event.key === 'ArrowLeft')) { event.preventDefault(); event.stopPropagation(); fold(true); }
    else if (event.key === 'Escape' || event.key === 'Tab') { event.preventDefault(); event.stopPropagation(); hide(); }
    else if (event.key === 'ArrowRight' && on.matches('[data-sub]')) { event.preventDefault(); unfold(on, true); }
    else if (event.key === 'ArrowRight' && on.matches('[data-more]')) on.click();
    else if (event.key.length === 1 && event.key !== ' ') {
      typed = performance.now() - typedAt > 900 ? event.key : typed + event.key;
      typedAt = performance.now();
      [...all.slice(at + 1), ...all].find((item) => item.textContent.trim().toLowerCase().startsWith(typed.toLowerCase()))?.focus();
    }
  };
  for (const box of [menu, sub]) box.addEventListener('keydown', keys);
  const press = (event) => {
    const opens = event.target.closest('[data-sub]');
    if (opens) { unfold(opens, event.detail === 0); return; }
    if (event.target.closest('[data-back]')) { fold(true); return; }
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
    /* With the focus back: the dialog that comes returns it to where it was, and a hidden item could not take it */
    if (item && item.getAttribute('aria-disabled') !== 'true') setTimeout(hide, 0);
  };
  for (const box of [menu, sub]) box.addEventListener('click', press);
  document.addEventListener('keydown', (event) => { if (event.key === 'Escape') wished += 1; }, true);
  document.addEventListener('pointerdown', () => { wished += 1; }, true);
  document.addEventListener('pointerdown', (event) => { if (!menu.hidden && !event.target.closest('#menu, #submenu')) hide(false); });
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
  /* Only the last question opens, and what is open is replaced from within alone: nobody confirms what came while he was
     reading something else. What others have to say, that they refuse for instance, waits until it is closed. */
  let question = null;
  document.addEventListener('htmx:beforeRequest', (event) => {
    const { target, requestConfig, xhr } = event.detail;
    if (target === dialog && requestConfig.verb === 'get') question = xhr;
  });
  document.addEventListener('htmx:beforeSwap', (event) => {
    const { target, requestConfig, xhr, serverResponse } = event.detail;
    if (target !== dialog) return;
    const overtaken = requestConfig.verb === 'get' && xhr !== question;
    const held = dialog.open && !dialog.contains(requestConfig.elt);
    if (overtaken || held) event.detail.shouldSwap = false;
    if (held && !overtaken) dialog.addEventListener('close', () => window.htmx.swap(dialog, serverResponse, { swapStyle: 'innerHTML' }, { eventInfo: { target: dialog } }), { once: true });
  });
  /* What is closed asks no more: a forecast would look every few seconds whether it still holds */
  dialog.addEventListener('close', () => { if (!dialog.open) dialog.replaceChildren(); });
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
    if (dialog.contains(elt)) dialog.close(); /* what was done elsewhere closes nothing that is being read */
    if (elt.dataset.then) location.href = elt.dataset.then;
  });
  document.addEventListener('asked', (event) => {
    const said = document.getElementById('said');
    if (said) said.textContent = event.detail.text;
  });
})();
