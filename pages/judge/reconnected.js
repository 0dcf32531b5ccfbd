// Streamlit reconnects without drawing again, and keeps showing what was chosen while nobody listened.

export default function (component) {
  const app = document.querySelector('[data-testid="stApp"]')
  const state = () => app.getAttribute("data-test-connection-state")
  const observer = new MutationObserver(() => {
    if (state() !== "CONNECTED") window.laurelAway = true
    else if (window.laurelAway) {
      window.laurelAway = false
      component.setTriggerValue("reconnected", true)
    }
  })
  observer.observe(app, { attributes: true, attributeFilter: ["data-test-connection-state"] })
  return () => observer.disconnect()
}
