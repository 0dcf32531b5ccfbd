// Streamlit takes what was typed when the field is left or Enter is pressed: a pause in typing presses it, in a form that
// saves itself. The field keeps the focus, and typing goes on meanwhile.

const PAUSE = 1000
const TYPED = ":is(.stTextArea textarea, .stTextInput input, .stNumberInput input)"

export default function ({ data }) {
  const fields = `[class*="st-key-${data.form.replace(/[^\w-]/g, "-")}-"] ${TYPED}`
  const timers = new Map()

  const take = (field) => {
    timers.delete(field)
    if (document.activeElement === field) {
      field.dispatchEvent(new KeyboardEvent("keydown", { key: "Enter", ctrlKey: true, bubbles: true }))
    }
  }

  const wait = ({ target }) => {
    if (!target.matches?.(fields)) return
    clearTimeout(timers.get(target))
    timers.set(target, setTimeout(take, PAUSE, target))
  }

  document.addEventListener("input", wait)
  return () => {
    document.removeEventListener("input", wait)
    timers.forEach((timer) => clearTimeout(timer))
  }
}
