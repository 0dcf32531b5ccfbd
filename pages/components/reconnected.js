// Streamlit reconnects without drawing again, and keeps showing what was chosen while nobody listened. What is chosen
// in a fragment before the other end has drawn it is dropped unread; so once the page is drawn, it is asked once more,
// and what stands in the browser then is read.

export default function (component) {
  const app = document.querySelector('[data-testid="stApp"]')
  const ask = () => component.setTriggerValue("reconnected", true)
  const look = () => {
    const connected = app.getAttribute("data-test-connection-state") === "CONNECTED"
    const running = app.getAttribute("data-test-script-state") !== "notRunning"
    if (!connected) window.laurelAway = "away"
    else if (window.laurelAway === "away") {
      window.laurelAway = "asked"
      ask()
    } else if (window.laurelAway === "asked" && running) window.laurelAway = "drawing"
    else if (window.laurelAway === "drawing" && !running) {
      window.laurelAway = ""
      ask()
    }
  }
  const observer = new MutationObserver(look)
  observer.observe(app, { attributes: true, attributeFilter: ["data-test-connection-state", "data-test-script-state"] })
  look()
  return () => observer.disconnect()
}
