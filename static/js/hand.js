/* What a change puts under a hand that rests was not meant by its click. A button that became another one, or that moved
   there (Cancel becomes Undo, a line more moves all lines), is not pressed before the pointer moves or a moment has passed. */
(() => {
  const MOMENT = 700;
  let aim, changed = 0;
  /* An act of the pane is the same one when it is about another object; a form that came anew has to be read */
  const meant = (element) => {
    const button = element.closest?.('[hx-post]');
    return !button || button.matches('form') ? button : button.id || `${button.getAttribute('hx-post')} ${button.getAttribute('hx-vals')}`;
  };
  for (const moment of ['live:frame', 'htmx:afterSettle']) document.addEventListener(moment, () => { changed = Date.now(); });
  document.addEventListener('pointermove', (event) => { if (event.movementX || event.movementY) aim = meant(event.target); }, { capture: true, passive: true });
  document.addEventListener('click', (event) => {
    if (event.pointerType !== 'mouse' || !event.detail || aim === undefined || Date.now() - changed > MOMENT) return;
    const pressed = meant(event.target);
    if (!pressed || pressed === aim) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);
})();
