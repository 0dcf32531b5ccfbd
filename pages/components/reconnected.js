// Streamlit reconnects without drawing all again, and drops unread what is chosen in a fragment before the other end
// has drawn it. So a draw is asked for when the connection is back, and once more when nothing has run for a moment:
// what stands in the browser by then is read.

const QUIET = 500

export default function (component) {
  const app = document.querySelector('[data-testid="stApp"]')
  window.laurelAsk = () => component.setTriggerValue("reconnected", true)

  const look = () => {
    clearTimeout(window.laurelOnceMore)
    if (app.getAttribute("data-test-connection-state") !== "CONNECTED") {
      window.laurelAway = "away"
      return
    }
    if (window.laurelAway === "away") {
      window.laurelAway = "back"
      window.laurelAsk()
    }
    const running = app.getAttribute("data-test-script-state") !== "notRunning"
    if (window.laurelAway === "back" && !running) window.laurelOnceMore = setTimeout(onceMore, QUIET)
  }

  const onceMore = () => {
    window.laurelAway = ""
    window.laurelAsk()
  }

  const observer = new MutationObserver(look)
  observer.observe(app, { attributes: true, attributeFilter: ["data-test-connection-state", "data-test-script-state"] })
  look()
  return () => observer.disconnect()
}
