/* Keeps the page as the cluster is: one socket, one way. Frames are fragments, morphed into place by their id; the last one
   is <i id="at">, the position they make. Nothing moves under the hand, and a page that cannot be trusted says so. */
(() => {
  const BAND_AFTER = 20e3, ACTS_AFTER = 3e3, GONE_STAYS = 10e3, CONNECT_WITHIN = 15e3, RESYNC_WITHIN = 60e3, FLASH_MOST = 12, SPEAK_EVERY = 5e3, RETRY_MOST = 1500;
  const DONE = 1000, STAY_AWAY = { 4403: 'refused', 4429: 'many' };
  const body = document.body, band = () => document.getElementById('band'), place = () => document.getElementById('at');
  if (!place()) return;

  /* What belongs to the browser and not to the server: selection, focus, open and closed, dialogs */
  const OWN_ATTRIBUTES = new Set(['aria-selected', 'tabindex', 'aria-expanded', 'open', 'data-open', 'data-filter', 'style']);
  const OWN_ELEMENTS = new Set(['menu', 'submenu', 'dialog', 'find', 'keys', 'person', 'said', 'band', 'live']);
  const owned = (name, element) => OWN_ATTRIBUTES.has(name) || (name === 'datetime' && element.matches('[data-seen-of]')) || (name === 'aria-pressed' && element.matches('[data-ops], [data-theme-set], [data-contrast-set], [data-density-set]'));
  const morphing = (style) => ({
    /* Only what is typed is spared: a focused row is an active element too, and must change like the others. */
    morphStyle: style, restoreFocus: true, ignoreActiveValue: Boolean(document.activeElement?.matches('input, textarea, select')),
    callbacks: {
      beforeAttributeUpdated: (name, element) => !owned(name, element),
      beforeNodeMorphed: (old, fresh) => !OWN_ELEMENTS.has(old.id) && !window.clusterConsole.isFilled(old, fresh),
    },
  });

  /* Where the page is. A part that was asked for is older than that where a frame has overtaken its answer. The page is as
     old as its oldest part: then what came since is sent once more. */
  let position = place().dataset.position, token = place().dataset.token;
  const older = (here, there) => {
    const other = new Map(there.split(' ').map((mark) => [mark.split(':')[0], mark]));
    const marks = here.split(' ').map((mark) => [mark, other.get(mark.split(':')[0]) ?? mark].map((each) => each.split(':')));
    if (marks.some(([mine, its]) => mine[1] !== its[1])) return ''; /* another history: only a fresh page can say */
    return marks.map(([mine, its]) => (Number(its[2]) < Number(mine[2]) ? its : mine).join(':')).join(' ');
  };
  const catchUp = (read) => {
    const from = older(position, read);
    if (from === position && address() === connected) return;
    position = from;
    reconnect();
  };
  /* A list that was filtered by htmx brings rows of its own. The socket knows the list that was: it is left at once. */
  document.addEventListener('htmx:afterOnLoad', (event) => {
    if (event.detail.target?.id !== 'list-body' || !place()) return;
    token = place().dataset.token;
    position = older(position, place().dataset.position);
    reconnect();
  });
  addEventListener('popstate', () => { if (address() !== connected) reconnect(); });

  /* Applying a frame */
  let changes = 0;
  const readAs = (html) => { const template = document.createElement('template'); template.innerHTML = html; return template.content; };
  const gist = (row) => [...row.querySelectorAll('.c-state, .c-node')].map((cell) => cell.textContent.replace(/\d+/g, '')).join('|');
  const apply = (html) => {
    const flashing = [];
    for (const part of [...readAs(html).children]) {
      if ('resync' in part.dataset) return resync();
      if ('gone' in part.dataset) leave(document.getElementById(part.dataset.gone));
      else if ('append' in part.dataset) for (const row of [...part.children]) put(row, document.getElementById(part.dataset.append), flashing);
      else put(part, null, flashing);
    }
    position = place().dataset.position;
    token = place().dataset.token;
    grow();
    flash(flashing);
    document.dispatchEvent(new CustomEvent('live:frame'));
  };
  /* How old what is shown of each cluster is: said by the server, counted on here */
  const grow = () => {
    for (const said of place().dataset.seen.split(' ')) {
      const [cluster, moment] = said.split('=');
      for (const age of document.querySelectorAll(`time[data-seen-of="${CSS.escape(cluster)}"]`)) age.setAttribute('datetime', moment);
    }
  };
  const put = (part, into, flashing) => {
    const old = document.getElementById(part.id);
    if (!old) { if (into) { into.append(part); settle(part); flashing.push(part); } return; }
    const row = part.matches('.row'), before = row ? gist(old) : '', groups = part.matches('#tray, .op') ? ops() : null, critical = old.querySelector('.c-state .tone-crit');
    if (part.id !== 'at') changes += row;
    window.Idiomorph.morph(old, part, morphing('outerHTML'));
    const now = document.getElementById(part.id);
    settle(now);
    if (row && gist(now) !== before) flashing.push(now);
    if (row && !critical && now.querySelector('.c-state .tone-crit')) say(`${now.dataset.name}: ${now.querySelector('.c-state .word').textContent}`);
    if (groups) for (const [id, ended] of ops()) if (ended && groups.get(id) === false) say(document.getElementById(id).innerText.replace(/\s+/g, ' '));
  };
  const ops = () => new Map([...document.querySelectorAll('#ops > li')].map((op) => [op.id, op.dataset.group === 'done' || op.dataset.group === 'failed']));
  const settle = (element) => {
    window.htmx.process(element);
    window.clusterConsole?.writeTimes(element);
    if (!element.matches('.row')) window.htmx.trigger(element, 'htmx:oobAfterSwap', {});
  };
  const leave = (row) => {
    if (!row || row.classList.contains('gone')) return;
    row.classList.add('gone');
    row.setAttribute('aria-disabled', 'true');
    changes += 1;
    const go = () => { if (!row.classList.contains('gone')) return; if (row.matches(':hover')) setTimeout(go, 1e3); else row.remove(); };
    setTimeout(go, GONE_STAYS);
  };
  const flash = (rows) => {
    if (rows.length > FLASH_MOST) { word('changed', `${rows.length} `); return; }
    for (const row of rows) { row.classList.remove('flash'); void row.offsetWidth; row.classList.add('flash'); }
  };
  document.addEventListener('animationend', (event) => { if (event.target.matches?.('.row.flash')) event.target.classList.remove('flash'); });

  /* A page that cannot be caught up is read anew, and morphed so that the hand stays where it is */
  const resync = async () => {
    resyncing = true;
    try {
      const asked = address();
      const answer = await fetch(location.href, { headers: { 'X-Requested-With': 'live' }, signal: AbortSignal.timeout(RESYNC_WITHIN) });
      if (!answer.ok || new URL(answer.url).pathname !== location.pathname) { location.reload(); return; }
      const fresh = new DOMParser().parseFromString(await answer.text(), 'text/html');
      if (!fresh.getElementById('at')) { location.reload(); return; }
      /* Something else was chosen or filtered meanwhile: the next connection is told to load that one anew. */
      if (address() === asked) {
        window.Idiomorph.morph(body, fresh.body, morphing('innerHTML'));
        settle(body);
        position = place().dataset.position;
        token = place().dataset.token;
        changes += 1;
        tries = 0;
        document.dispatchEvent(new CustomEvent('live:anew'));
        document.dispatchEvent(new CustomEvent('live:frame'));
      }
    } catch { /* the server is away: the next try comes with the next connection */ }
    resyncing = false;
    later();
  };

  /* The socket */
  let socket = null, connected = '', tries = 0, timer = 0, heard = Date.now(), shut = 0, refused = '', resyncing = false;
  const address = () => location.pathname + location.search;
  const connect = () => {
    clearTimeout(timer);
    if (refused || resyncing) return;
    connected = address();
    const asked = new URLSearchParams({ page: connected, lang: document.documentElement.lang, at: position, list: token });
    const mine = socket = new WebSocket(`${location.protocol === 'https:' ? 'wss' : 'ws'}://${location.host}/live/?${asked}`);
    const slow = setTimeout(() => mine.close(), CONNECT_WITHIN);
    mine.onmessage = (event) => {
      if (mine !== socket) return;
      clearTimeout(slow);
      tries = 0;
      heard = Date.now();
      shut = 0;
      apply(event.data);
      if (!resyncing) back();
    };
    mine.onclose = (event) => {
      clearTimeout(slow);
      if (mine !== socket) return;
      socket = null;
      shut ||= Date.now();
      if (event.code in STAY_AWAY) { refused = STAY_AWAY[event.code]; lost(); }
      else if (event.code !== DONE || !resyncing) { word('gone'); later(); }
    };
  };
  const later = () => { clearTimeout(timer); timer = setTimeout(connect, Math.min(RETRY_MOST, 250 * 2 ** tries++) * (0.5 + Math.random() / 2)); };
  const reconnect = () => { const old = socket; socket = null; old?.close(); connect(); };

  /* What the page says of itself */
  const word = (name, figure = '') => {
    const label = document.querySelector('[data-live-word]');
    if (label) label.textContent = figure + (label.dataset[name] ?? '');
  };
  const show = (which) => { for (const text of band().querySelectorAll('[data-band]')) text.hidden = text.dataset.band !== which; band().hidden = false; body.classList.add('banded'); };
  const lost = () => {
    if (!band()) return;
    word('gone');
    if (!body.classList.contains('stale')) changes = 0;
    body.classList.add('stale');
    show(refused || 'lost');
    const since = band().querySelector('[data-band-since]');
    if (since) since.textContent = window.clusterConsole.clock.format(heard);
  };
  const back = () => {
    word('live');
    body.classList.remove('shut');
    if (!body.classList.contains('stale')) return;
    body.classList.remove('stale');
    show('back');
    setTimeout(() => {
      band().querySelector('[data-band-changes]').textContent = changes;
      setTimeout(() => { if (!body.classList.contains('stale')) { band().hidden = true; body.classList.remove('banded'); } }, 4e3);
    }, 500);
  };
  const tick = () => {
    const silent = Date.now() - heard, age = document.querySelector('[data-live-age]');
    if (age) age.textContent = silent > 2e3 ? window.clusterConsole.age(silent / 1e3) : '';
    if (shut && Date.now() - shut > ACTS_AFTER) body.classList.add('shut');
    if (silent <= BAND_AFTER || refused) return;
    /* Silence, a broken line or a night's sleep: what is shown is old until the server speaks again. */
    if (!body.classList.contains('stale')) { lost(); reconnect(); }
    else if (socket?.readyState === WebSocket.OPEN) reconnect();
  };
  setInterval(tick, 1e3);
  document.addEventListener('visibilitychange', () => { if (!document.hidden) tick(); });
  addEventListener('online', () => { if (!socket || socket.readyState !== WebSocket.OPEN) { tries = 0; reconnect(); } });
  addEventListener('pagehide', () => { refused = 'refused'; socket?.close(); });
  addEventListener('pageshow', (event) => { if (event.persisted) { refused = ''; reconnect(); } });

  /* While the page is old, or its line has been down for a few seconds, nothing is asked of the cluster */
  const ACTS = '#actions .act, :is(#menu, #submenu) [role="menuitem"], [data-act], [hx-post]';
  const refuse = (event) => {
    if (!body.matches('.stale, .shut')) return;
    const act = event.type === 'submit' ? event.target.matches('form[method="post" i]') && !event.target.closest('#person') : event.target.closest?.(ACTS);
    if (!act) return;
    event.preventDefault();
    event.stopImmediatePropagation();
    if (!body.classList.contains('stale')) lost();
    say(band().innerText.replace(/\s+/g, ' ').trim());
  };
  document.addEventListener('click', refuse, true);
  document.addEventListener('submit', refuse, true);
  /* An act that did not get through is told at once, not when the silence has grown long enough */
  document.addEventListener('htmx:sendError', lost);
  document.addEventListener('click', (event) => { if (event.target.closest('[data-reconnect]')) { tries = 0; refused = ''; reconnect(); } });

  /* The polite voice: endings and new criticals, a sentence every five seconds at most */
  const sentences = [];
  let spoke = 0;
  const speak = () => {
    if (!sentences.length) return;
    const wait = spoke + SPEAK_EVERY - Date.now();
    if (wait > 0) { setTimeout(speak, wait); return; }
    spoke = Date.now();
    document.getElementById('said').textContent = sentences.shift();
    speak();
  };
  const say = (sentence) => { if (sentences.push(sentence) === 1) speak(); else sentences.splice(0, sentences.length - 3); };

  grow();
  window.clusterConsole.writeTimes(document);
  window.clusterConsole.catchUp = catchUp;
  /* Not before all scripts have run: some of them hear frames */
  addEventListener('DOMContentLoaded', connect, { once: true });
})();
