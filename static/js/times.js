/* Writes moments in the reader's own zone and language, and lets ages grow. Fragments carry moments, never clocks. */
(() => {
  const sent = Date.parse(document.querySelector('meta[name="server-time"]').content);
  const skew = sent - Date.now();
  const language = document.documentElement.lang === 'en' ? 'en-GB' : document.documentElement.lang;
  const clock = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
  const short = new Intl.DateTimeFormat(language, { hour: '2-digit', minute: '2-digit', hourCycle: 'h23' });
  const day = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short' });
  const dated = new Intl.DateTimeFormat(language, { day: 'numeric', month: 'short', hour: '2-digit', minute: '2-digit', second: '2-digit', hourCycle: 'h23' });
  const minute = 'min', hour = language === 'nl' ? 'u' : 'h', dayWord = 'd';
  const age = (seconds) => {
    const s = Math.max(0, Math.round(seconds));
    if (s < 60) return `${s} s`;
    if (s < 3600) return `${Math.floor(s / 60)} ${minute}`;
    if (s < 86400) return `${Math.floor(s / 3600)} ${hour} ${String(Math.floor(s / 60) % 60).padStart(2, '0')} ${minute}`;
    return `${Math.floor(s / 86400)} ${dayWord} ${Math.floor(s / 3600) % 24} ${hour}`;
  };
  const now = () => Date.now() + skew;
  /* A simulated cluster has a clock of its own: the strip, or the line of the start page, names one reading of it at a
     moment of ours, and its speed. */
  const clusterNow = (element) => {
    const face = element?.closest('[data-cluster-time]') || document.querySelector('#strip[data-cluster-time]');
    if (!face) return now();
    return Date.parse(face.dataset.clusterTime) + (now() - Date.parse(face.dataset.wallTime)) * Number(face.dataset.speed || 1);
  };
  const write = (element) => {
    const at = Date.parse(element.getAttribute('datetime'));
    if (Number.isNaN(at)) return;
    const show = element.dataset.show || 'clock';
    const old = (show === 'wall' ? now() : clusterNow(element)) - at;
    const text = show === 'age' ? age(old / 1000) : show === 'wall-age' ? age((now() - at) / 1000)
      : show === 'left' ? age((at - clusterNow(element)) / 1000)
      : show === 'day' ? day.format(at) : Math.abs(old) > 72e6 ? dated.format(at) : clock.format(at);
    if (element.textContent !== text) element.textContent = text;
    if (!element.title) element.title = new Date(at).toString();
  };
  const writeTick = (text) => { const at = Date.parse(text.dataset.at); text.textContent = (text.dataset.show === 'day' ? day : short).format(at); };
  const writeAll = (root) => {
    if (root.matches?.('time[datetime]')) write(root);
    for (const element of root.querySelectorAll('time[datetime]')) write(element);
    for (const text of root.querySelectorAll('text[data-at]')) writeTick(text);
    offer(root);
  };
  /* Fragments bring offers hidden: shown at once, else each frame would take them away from under a hand for a moment */
  const offer = (root) => { for (const each of root.querySelectorAll('[data-until]')) each.hidden = now() > Date.parse(each.dataset.until); };
  const tick = () => {
    for (const element of document.querySelectorAll('time[data-show="age"], time[data-show="wall-age"], time[data-show="left"]')) write(element);
    offer(document);
    for (const face of document.querySelectorAll('[data-face]')) face.textContent = clock.format(clusterNow(face));
  };
  window.clusterConsole = Object.assign(window.clusterConsole || {}, { now, age, clock, writeTimes: writeAll });
  writeAll(document);
  tick();
  setInterval(tick, 1000);
  for (const name of ['htmx:afterSettle', 'htmx:oobAfterSwap'])
    document.addEventListener(name, (event) => writeAll(event.target.isConnected && event.target.querySelectorAll ? event.target.parentNode || document : document));
})();
