/* A reader sees what an operator could do, refused before the click and with the reason. The regions are drawn once for
   everybody, so it is the page that knows who looks; the server refuses anyway. */
(() => {
  const why = document.getElementById('readers-why');
  if (document.body.dataset.tier !== 'reader' || !why) return;
  const refuse = () => {
    for (const button of document.querySelectorAll('[data-operator]')) {
      button.setAttribute('aria-disabled', 'true');
      button.setAttribute('aria-describedby', why.id);
      button.title = why.textContent;
    }
  };
  for (const moment of ['live:frame', 'htmx:afterSettle']) document.addEventListener(moment, refuse);
  refuse();
})();
