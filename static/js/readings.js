/* Readings change all the time and are no part of the page's position: the place that shows them asks for them, when it
   comes and then every few seconds, for as long as somebody can see it and the page is not old. */
(() => {
  const EVERY = 1e4;
  const awaited = new WeakMap(); // place → what it is waiting for: a page that comes hears several moments at once
  const ask = async (place) => {
    const address = place.dataset.readings;
    if (awaited.get(place)?.address === address) return;
    const mine = { address };
    awaited.set(place, mine);
    const seen = place.querySelector('[data-at]')?.dataset.at ?? '';
    try {
      const answer = await fetch(`${address}?at=${encodeURIComponent(seen)}`, { headers: { 'X-Requested-With': 'live' }, signal: AbortSignal.timeout(EVERY) });
      if (answer.status !== 200 || answer.redirected) return;
      const text = await answer.text();
      if (awaited.get(place) !== mine || place.dataset.readings !== address) return; /* another was chosen meanwhile */
      place.innerHTML = text;
      window.clusterConsole.writeTimes(place);
    } catch { /* the server is away: the page says so by itself */ } finally {
      if (awaited.get(place) === mine) awaited.delete(place);
    }
  };
  /* A place that was filled after the page came: whatever brings the page anew brings it empty, and it is not asked again */
  const source = (place) => place.getAttribute?.('data-readings') ?? (place.matches?.('.foresee') ? place.getAttribute('hx-post') : null);
  window.clusterConsole.isFilled = (old, fresh) => source(old) !== null && source(old) === source(fresh);
  const look = (which) => {
    if (document.hidden || document.body.matches('.stale, .shut')) return;
    for (const place of document.querySelectorAll(`[data-readings]${which}`)) if (place.checkVisibility()) ask(place);
  };
  const fill = () => look(':empty'), renew = () => look('');
  for (const moment of ['live:frame', 'htmx:afterSettle']) document.addEventListener(moment, fill);
  document.addEventListener('visibilitychange', renew);
  setInterval(renew, EVERY);
  fill();
})();
