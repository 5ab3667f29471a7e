/* Find everywhere: one box over everything, hits as you type, arrows and Enter. */
(() => {
  const box = document.getElementById('find');
  if (!box) return;
  const field = box.querySelector('input');
  const hits = () => [...box.querySelectorAll('.hit')];
  const mark = (to) => {
    for (const hit of hits()) hit.setAttribute('aria-selected', String(hit === to));
    if (to) field.setAttribute('aria-activedescendant', to.id); else field.removeAttribute('aria-activedescendant');
    to?.scrollIntoView({ block: 'nearest' });
  };
  const go = (hit) => { if (hit) location.href = hit.href; };
  // New hits: none of them is marked yet, and the box says whether there are any.
  let told = '', going = false;
  box.addEventListener('htmx:afterSettle', (event) => {
    told = event.detail.requestConfig?.parameters.q ?? told;
    mark();
    field.setAttribute('aria-expanded', String(hits().length > 0));
    if (going && told === field.value) { going = false; go(hits()[0]); }
  });
  field.addEventListener('input', () => { going = false; });
  const open = () => { if (!box.open) box.showModal(); field.select(); field.focus(); };
  document.addEventListener('click', (event) => { if (event.target.closest('[data-find]')) open(); });
  document.addEventListener('keydown', (event) => { if ((event.ctrlKey || event.metaKey) && event.key.toLowerCase() === 'k') { event.preventDefault(); open(); } });
  field.addEventListener('keydown', (event) => {
    const all = hits(), at = all.findIndex((hit) => hit.getAttribute('aria-selected') === 'true');
    if (event.key === 'ArrowDown') mark(all[(at + 1) % all.length]);
    else if (event.key === 'ArrowUp') mark(all[(at - 1 + all.length) % all.length]);
    // Whoever types faster than the hits come means what he typed, not what is shown yet.
    else if (event.key === 'Enter' && field.value !== told) going = true;
    else if (event.key === 'Enter' && all.length) go(all[Math.max(0, at)]);
    else if (event.key === 'Escape') box.close(); /* a browser would first empty the field, and close by a second one */
    else return;
    event.preventDefault();
  });
})();
