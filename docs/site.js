// Lets the keyboard scroll a table that is wider than the screen. The theme wraps tables when it starts.
new MutationObserver(() => {
  for (const wrap of document.querySelectorAll(".md-typeset__scrollwrap")) wrap.tabIndex = 0
}).observe(document.documentElement, { childList: true, subtree: true })
