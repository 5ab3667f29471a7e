/* The list: selection by mouse and keys, kept in the address, surviving every change the server sends. */
(() => {
  const root = document.body, main = document.getElementById('main');
  if (!main) return;
  const grid = () => document.getElementById('grid');
  const rows = () => [...document.querySelectorAll('#rows > .row:not(.gone)')];
  const kind = () => root.dataset.kind || '';
  const params = () => new URLSearchParams(location.search);
  let chosen = new Set(params().getAll('sel')), anchor = null, everything = false;

  /* Address and marks */
  const draw = () => {
    for (const node of document.querySelectorAll('#topology [data-node]')) node.classList.toggle('chosen', node.dataset.node === main.dataset.chosen);
    let stop = null;
    for (const row of rows()) {
      const on = chosen.has(row.dataset.id);
      if (row.getAttribute('aria-selected') !== String(on)) row.setAttribute('aria-selected', String(on));
      if (row === document.activeElement || (!stop && on)) stop = row;
    }
    const all = rows();
    stop = all.includes(document.activeElement) ? document.activeElement : stop || all[0];
    for (const row of all) row.tabIndex = row === stop ? 0 : -1;
  };
  const address = (changes) => {
    const said = params();
    said.delete('sel');
    for (const id of chosen) said.append('sel', id);
    for (const [name, value] of Object.entries(changes || {})) if (value) said.set(name, value); else said.delete(name);
    if ([...said.getAll('sel')].length > 50) said.delete('sel');
    history.replaceState(null, '', `${location.pathname}${said.size ? `?${said}` : ''}`);
  };

  /* The objects meant: by their ids, or by the filter where all that match it are meant, also those not shown */
  const meant = (name) => {
    const said = new URLSearchParams({ kind: kind() });
    if (everything) { said.set('all', '1'); for (const part of ['q', 'chip']) if (params().get(part)) said.set(part, params().get(part)); } else for (const id of chosen) said.append(name, id);
    return said;
  };

  /* Details and actions follow the selection. Only the answer to the last question counts, so that question is about all
     that is still missing; what fails is asked for again when the server is heard again. */
  const ANSWER_WITHIN = 15e3, missing = new Set();
  let asked = 0, waiting = 0, asking = false, again = false, stands = true, wish = '';
  const fetchSelection = async () => {
    clearTimeout(waiting);
    waiting = 0;
    again = false;
    asking = true;
    stamp = gist();
    const mine = ++asked, said = meant('sel');
    for (const name of ['tab', 'period', 'cause']) if (params().get(name)) said.set(name, params().get(name));
    if (main.dataset.one !== undefined) said.set('alone', '1');
    try {
      const answer = await fetch(`${root.dataset.select}?${said}`, { headers: { 'HX-Request': 'true' }, signal: AbortSignal.timeout(ANSWER_WITHIN) });
      const text = await answer.text();
      if (!answer.ok || mine !== asked) return;
      const parts = new DOMParser().parseFromString(text, 'text/html'), brought = [...missing];
      if (!waiting && !again) missing.clear();
      if (brought.includes('actions')) stands = true;
      for (const id of brought) replace(parts.getElementById(id));
      if (brought.includes('details')) window.clusterConsole.catchUp?.(parts.getElementById('selection-at').dataset.position);
      if (stands) grant();
    } catch { /* not connected: the band says so */ } finally {
      if (mine === asked) asking = false;
      if (mine === asked && again) refresh(100, []);
    }
  };
  /* An act that is pressed before the pane stands for what is chosen waits for that: it is not done to what was chosen before */
  const grant = () => {
    const act = wish && document.getElementById(wish);
    wish = '';
    if (act && act.getAttribute('aria-disabled') !== 'true') act.click();
  };
  document.addEventListener('click', (event) => {
    const act = event.target.closest('#actions .act[id]');
    if (stands || !act) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    wish = act.id;
  }, true);
  const replace = (part) => {
    const old = part && document.getElementById(part.id);
    if (!old) return;
    const fresh = document.importNode(part, true);
    window.Idiomorph.morph(old, fresh, { morphStyle: 'outerHTML', restoreFocus: true, callbacks: { beforeAttributeUpdated: (name) => name !== 'open', beforeNodeMorphed: (was, is) => !window.clusterConsole.isFilled(was, is) } });
    const now = document.getElementById(part.id);
    window.htmx.process(now);
    window.htmx.trigger(now, 'htmx:afterSettle', {});
  };
  const refresh = (soon = 0, parts = ['details', 'actions']) => {
    for (const part of parts) missing.add(part);
    clearTimeout(waiting);
    /* A question about the same is let be answered: asked anew each time, a slow server would never be heard */
    waiting = setTimeout(() => { waiting = 0; if (asking) again = true; else fetchSelection(); }, soon);
  };
  const choose = (ids, row, all = false) => {
    chosen = new Set(ids);
    everything = all;
    asked += 1; /* whatever is on its way is about others */
    asking = stands = false;
    wish = '';
    draw();
    address();
    if (row) { for (const other of rows()) other.tabIndex = other === row ? 0 : -1; row.focus({ preventScroll: false }); }
    refresh(chosen.size > 1 ? 200 : 60);
  };
  const span = (from, to) => {
    const all = rows(), a = all.indexOf(from), b = all.indexOf(to);
    return all.slice(Math.min(a, b), Math.max(a, b) + 1).map((row) => row.dataset.id);
  };
  const pick = (row, event) => {
    if (event.shiftKey && anchor?.isConnected) choose(span(anchor, row), row);
    else if (event.ctrlKey || event.metaKey) {
      const next = new Set(chosen);
      if (next.has(row.dataset.id)) next.delete(row.dataset.id); else next.add(row.dataset.id);
      anchor = row;
      choose(next, row);
    } else { anchor = row; choose([row.dataset.id], row); }
  };

  const chooseAll = (row) => { const all = rows(); if (all.length) choose(all.map((each) => each.dataset.id), row || all[0], all.length < Number(grid().getAttribute('aria-rowcount'))); };

  /* Mouse */
  document.addEventListener('click', (event) => {
    if (event.target.closest('[data-select-all]')) chooseAll();
    if (event.target.closest('[data-unselect]')) choose([]);
  });
  document.addEventListener('click', (event) => {
    const row = event.target.closest('#rows > .row');
    if (!row || event.target.closest('a, button')) return;
    pick(row, event);
    if (matchMedia('(max-width: 720px)').matches && !event.ctrlKey) open(row);
  });
  document.addEventListener('mousedown', (event) => { if (event.shiftKey && event.target.closest('#rows > .row')) event.preventDefault(); });
  document.addEventListener('dblclick', (event) => { const row = event.target.closest('#rows > .row'); if (row) open(row); });
  const open = (row) => {
    if (row.dataset.href && ['role', 'node'].includes(row.dataset.kind)) location.href = row.dataset.href;
  };

  /* Keys */
  let typed = '', typedAt = 0;
  const letters = () => { try { return localStorage.letters !== 'off'; } catch { return true; } };
  document.addEventListener('keydown', (event) => {
    const row = event.target.closest && event.target.closest('#rows > .row');
    if (!row || event.altKey || event.metaKey) return;
    const all = rows(), at = all.indexOf(row);
    const page = Math.max(1, Math.floor(grid().parentElement.clientHeight / row.offsetHeight) - 1);
    const steps = { ArrowDown: 1, ArrowUp: -1, PageDown: page, PageUp: -page, Home: -at, End: all.length - 1 - at };
    if (event.key in steps) {
      const to = all[Math.max(0, Math.min(all.length - 1, at + steps[event.key]))];
      event.preventDefault();
      if (event.ctrlKey) { row.tabIndex = -1; to.tabIndex = 0; to.focus(); return; }
      if (event.shiftKey) { anchor = anchor?.isConnected ? anchor : row; choose(span(anchor, to), to); } else { anchor = to; choose([to.dataset.id], to); }
    } else if (event.key === ' ') { event.preventDefault(); pick(row, { ctrlKey: true }); }
    else if (event.ctrlKey && event.key.toLowerCase() === 'a') { event.preventDefault(); chooseAll(row); }
    else if (event.key === 'Enter') { event.preventDefault(); open(row); }
    else if (event.key.length === 1 && !event.ctrlKey && !'/? '.includes(event.key)) {
      const fresh = performance.now() - typedAt > 900;
      if (fresh && letters() && document.querySelector(`#actions [data-letter="${event.key.toUpperCase()}"]:not([aria-disabled])`)) return;
      if (fresh && letters() && event.key.toLowerCase() === 'h') return;
      typed = fresh ? event.key : typed + event.key;
      typedAt = performance.now();
      const found = [...all.slice(at + (typed.length > 1 ? 0 : 1)), ...all].find((each) => each.dataset.name.toLowerCase().startsWith(typed.toLowerCase()));
      if (found) { anchor = found; choose([found.dataset.id], found); }
    }
  });

  /* Columns: hidden at once, and kept with the person by the form itself */
  document.addEventListener('change', (event) => {
    if (!event.target.matches('[data-column]')) return;
    main.dataset.hidden = [...event.target.form.querySelectorAll('[data-column]:not(:checked)')].map((box) => box.dataset.column).join(' ');
  });

  /* Tabs, periods and causes of the details */
  document.addEventListener('click', (event) => {
    const tab = event.target.closest('[role="tab"][data-tab]');
    const period = event.target.closest('[data-period]');
    const cause = event.target.closest('[data-cause]');
    if (!tab && !period && !cause) return;
    event.preventDefault();
    const changes = tab ? { tab: tab.dataset.tab } : period ? { period: period.dataset.period } : { cause: cause.dataset.cause };
    address(changes);
    if (main.dataset.one !== undefined) location.reload(); else { missing.add('details'); fetchSelection(); }
  });
  document.addEventListener('keydown', (event) => {
    const tab = event.target.closest && event.target.closest('[role="tab"]');
    if (!tab || !['ArrowRight', 'ArrowLeft', 'Home', 'End'].includes(event.key)) return;
    const tabs = [...tab.parentElement.children], at = tabs.indexOf(tab);
    const to = { ArrowRight: at + 1, ArrowLeft: at - 1, Home: 0, End: tabs.length - 1 }[event.key];
    event.preventDefault();
    tabs[(to + tabs.length) % tabs.length].focus();
  });

  /* A page of one object shows what its own selection endpoint says */
  if (main.dataset.one !== undefined) chosen = new Set([main.dataset.one]);

  /* Frames bring rows and details by themselves. What may be done is personal, so it is asked for when the object changed. */
  const one = main.dataset.one !== undefined, breaking = kind() === 'break';
  const gist = () => breaking ? [...document.querySelectorAll('#faults-on .fl')].map((fault) => fault.id + fault.querySelector('.n').textContent).join('|')
    : one ? [...document.querySelectorAll('.page-h .state, .page-h p, #main > .answer, #main .nodes > .nd')].map((part) => part.className + part.textContent.replace(/\d+ %/g, '')).join('|')
      : rows().filter((row) => chosen.has(row.dataset.id)).map((row) => row.textContent.replace(/\d+ %/g, '')).join('|');
  let stamp = gist();
  const later = () => {
    draw();
    const fresh = gist();
    if (fresh === stamp) { if (missing.size && !waiting && !asking) refresh(1e3, []); return; }
    stamp = fresh;
    if (breaking) refreshFaults();
    /* One that waits already comes soon enough: put off at each frame it would never come where much happens */
    else if (waiting) missing.add('actions');
    else if (chosen.size) refresh(400, ['actions']);
  };
  let told = 0;
  const target = () => document.getElementById('target')?.value;
  const refreshFaults = async () => {
    const mine = ++told, address = new URL(location.href), picked = target();
    if (picked) address.searchParams.set('target', picked);
    const answer = await fetch(address, { headers: { 'X-Requested-With': 'live' } }).catch(() => null);
    const text = answer?.ok ? await answer.text().catch(() => '') : '';
    if (!text || mine !== told) return;
    if (target() !== picked) { refreshFaults(); return; } /* the next click must not break what was picked before */
    replace(new DOMParser().parseFromString(text, 'text/html').getElementById('faults'));
    later(); /* a frame may have overtaken the answer */
  };
  /* A filter asks for rows alone: what is chosen stays so, also in the address. Where all that matched were meant, those
     that were shown are: the new filter's are others. */
  document.addEventListener('htmx:afterSwap', (event) => {
    if (event.detail.target?.id !== 'list-body') return;
    const said = params();
    history.replaceState(null, '', event.detail.pathInfo.finalRequestPath);
    address(Object.fromEntries(['tab', 'period', 'cause'].map((name) => [name, said.get(name)])));
    if (everything) choose(chosen);
  });
  document.addEventListener('live:frame', later);
  document.addEventListener('live:anew', () => { if (chosen.size > 1) refresh(); }); /* the address may not name them all */
  document.addEventListener('htmx:afterSettle', draw);
  draw();
  document.querySelector('[role="tab"][aria-selected="true"]')?.scrollIntoView({ block: 'nearest', inline: 'center' });
  if (innerWidth > 720) document.querySelector('#rows > .row[aria-selected="true"]')?.scrollIntoView({ block: 'nearest' });
  if (chosen.size > 1) refresh();
  window.clusterConsole = Object.assign(window.clusterConsole || {}, { chosen: () => [...chosen], meant, choose, kind, letters });
})();
