// Streamlit turns the page when the browser's history moves, so a link moves the history. It draws anew what stands
// elsewhere than before, which loses the keyboard's place, and opens a popover at the end of the page, where the theme
// is not the application's.

const OPENS = 1000
const DRAWN = 50
const STOPS = ":is(a[href], button, input, select, textarea, summary, [tabindex='0']):not(:disabled)"

export default function () {
  const app = document.querySelector('[data-testid="stApp"]')
  let last = null

  const follow = (event) => {
    const link = event.target.closest?.('.laurel-table a[href^="/"][target="_self"]')
    if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    history.pushState({}, "", link.getAttribute("href"))
    window.dispatchEvent(new PopStateEvent("popstate"))
  }

  const enter = (event) => {
    const button = event.target.closest?.('[data-testid="stPopoverButton"]')
    if (!button || !["Enter", " "].includes(event.key) || button.ariaExpanded === "true") return
    const until = performance.now() + OPENS
    const look = () => {
      const opened = [...document.querySelectorAll('[data-testid="stPopoverBody"]')].at(-1)
      if (opened) {
        opened.tabIndex = -1
        opened.focus()
      } else if (performance.now() < until) requestAnimationFrame(look)
    }
    requestAnimationFrame(look)
  }

  // The element that has the focus, and around it whatever has a key in Python, the innermost first.
  const remember = ({ target }) => {
    const around = []
    for (let box = target.closest("[class*='st-key-']"); box; box = box.parentElement?.closest("[class*='st-key-']")) {
      around.push([...box.classList].find((name) => name.startsWith("st-key-")))
    }
    last = { element: target, name: named(target), around, page: location.pathname }
  }

  const forget = () => {
    last = null
  }

  const named = (element) => element.getAttribute("aria-label") ?? (element.labels?.[0] ?? element).textContent

  // Where the element stood that is gone or cannot be pressed any more: its like, else what comes first there, else
  // the page behind its navigation, as when the page was turned.
  const again = () => {
    if (!last || document.activeElement !== document.body) return
    if (last.element.isConnected && !last.element.disabled) return
    for (const name of last.page === location.pathname ? last.around : []) {
      const stops = [...document.querySelectorAll(`.${CSS.escape(name)} ${STOPS}`)]
      const found = stops.find((each) => named(each) === last.name) ?? stops[0]
      if (found) return found.focus()
    }
    document.querySelector(".stMain")?.focus()
  }

  const colour = () => {
    document.documentElement.style.colorScheme = getComputedStyle(app).colorScheme
  }

  colour()
  const themed = new MutationObserver(colour)
  themed.observe(app, { attributes: true, attributeFilter: ["class"] })
  const drawn = new MutationObserver(() => {
    if (app.getAttribute("data-test-script-state") === "notRunning") setTimeout(again, DRAWN)
  })
  drawn.observe(app, { attributes: true, attributeFilter: ["data-test-script-state"] })
  document.addEventListener("click", follow)
  document.addEventListener("keydown", enter, true)
  document.addEventListener("focusin", remember)
  document.addEventListener("pointerdown", forget)
  return () => {
    themed.disconnect()
    drawn.disconnect()
    document.removeEventListener("click", follow)
    document.removeEventListener("keydown", enter, true)
    document.removeEventListener("focusin", remember)
    document.removeEventListener("pointerdown", forget)
  }
}
