// The public page beside what is written of it. The next version loads behind the one that is shown, takes its place
// without a flicker, and is scrolled to what has changed.

const WIDE = window.matchMedia("(min-width: 1200px)") // as in laurel.css
const READING_WIDTH = 640

export default function ({ data, parentElement }) {
  const drawer = parentElement.querySelector("details")
  const frame = parentElement.querySelector(".frame")
  drawer.laurel ??= {}
  const present = drawer.laurel

  function fit() {
    const beside = data.beside && WIDE.matches
    if (beside !== present.beside) drawer.open = beside
    present.beside = beside
    drawer.classList.toggle("beside", beside)
    if (!frame.clientWidth) return
    const scale = beside ? Math.min(1, frame.clientWidth / READING_WIDTH) : 1
    for (const page of frame.children) {
      page.style.width = `${frame.clientWidth / scale}px`
      page.style.height = `${frame.clientHeight / scale}px`
      page.style.transform = `scale(${scale})`
    }
    load()
  }

  function load() {
    if (present.asked === data.address) return
    present.asked = data.address
    const next = document.createElement("iframe")
    next.title = "The public page, as saved"
    next.src = data.address
    next.onload = () => {
      if (present.asked !== data.address || !next.contentDocument?.querySelector("main")) return next.remove()
      const old = frame.querySelector(".shown")
      stayInside(next.contentDocument)
      turn(next, old)
      next.className = "shown"
      old?.remove()
      present.part = data.part
    }
    frame.append(next)
    fit()
  }

  // To what is different; else to where it was read, or to the part that is written.
  function turn(next, old) {
    const sections = [...next.contentDocument.querySelectorAll("section[aria-labelledby]")]
    const name = (section) => section.getAttribute("aria-labelledby")
    sections.sort((one, other) => (name(other) === data.part) - (name(one) === data.part))
    const before = (section) => old.contentDocument.getElementById(name(section))?.parentElement.textContent
    const changed = old && sections.find((section) => section.textContent !== before(section))
    if (!old || present.part !== data.part) return toPart(next)
    next.contentWindow.scrollTo(0, changed ? place(next, changed) : old.contentWindow.scrollY)
    changed?.animate({ backgroundColor: ["color-mix(in srgb, Highlight 40%, transparent)", "transparent"] }, 2000)
  }

  function toPart(page) {
    const part = data.part && page.contentDocument.getElementById(data.part)
    page.contentWindow.scrollTo(0, part ? place(page, part) : 0)
  }

  const place = (page, element) => page.contentWindow.scrollY + element.getBoundingClientRect().top - 16

  const watch = new ResizeObserver(fit)
  watch.observe(frame)
  drawer.addEventListener("toggle", fit)
  WIDE.addEventListener("change", fit)
  fit()
  const shown = frame.querySelector(".shown")
  if (shown && present.part !== data.part && present.asked === data.address) {
    present.part = data.part
    toPart(shown)
  }
  return () => {
    watch.disconnect()
    drawer.removeEventListener("toggle", fit)
    WIDE.removeEventListener("change", fit)
  }
}

// Its own contents can be followed; what leads elsewhere, or sends something, does nothing here.
function stayInside(page) {
  page.addEventListener("click", (event) => {
    const href = event.target.closest("a")?.getAttribute("href")
    if (href && !href.startsWith("#")) event.preventDefault()
  })
  page.addEventListener("submit", (event) => event.preventDefault())
}
