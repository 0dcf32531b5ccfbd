// What scrolls alone can be scrolled by keyboard, and begins at its top when the page has turned to another entry.

const NAMES = { "st-key-pane-entry": "Answers", "st-key-pane-card": "Scorecard" }

export default function (component) {
  const about = component.data.about
  const turned = window.laurelShown !== about
  const panes = Object.entries(NAMES).map(([name, label]) => [document.querySelector(`.${name}`), label])
  for (const [pane, label] of panes) {
    if (!pane) continue
    pane.tabIndex = 0
    pane.setAttribute("role", "region")
    pane.setAttribute("aria-label", label)
  }
  if (window.laurelShown !== undefined && turned) {
    for (const [pane] of panes) if (pane) pane.scrollTop = 0
    const page = document.querySelector('[data-testid="stMain"]')
    if (page) page.scrollTop = 0
  }
  window.laurelShown = about
  return listenToKeys(component.parentElement.querySelector(".keys"), turned)
}
