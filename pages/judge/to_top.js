// When the page has turned to another entry, what scrolls begins at its top again.

export default function (component) {
  const about = component.data.about
  if (window.laurelShown !== undefined && window.laurelShown !== about) {
    for (const pane of document.querySelectorAll('[class*="st-key-pane"], [data-testid="stMain"]')) pane.scrollTop = 0
  }
  window.laurelShown = about
}
