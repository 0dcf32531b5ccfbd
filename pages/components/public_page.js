// The public page beside what is written of it. The next version loads behind the one that is shown, takes its place
// without a flicker, and is turned to what has changed.

const WIDE = window.matchMedia("(min-width: 1200px)") // as in laurel.css
const READING_WIDTH = 640

export default function ({ data, parentElement }) {
  const drawer = parentElement.querySelector("details")
  drawer.laurel ??= shownIn(drawer, parentElement.querySelector(".frame"))
  return drawer.laurel(data)
}

function shownIn(drawer, frame) {
  let wanted = {}
  let asked = ""
  let part = ""
  let beside = false

  function fit() {
    const now = wanted.beside && WIDE.matches
    if (now !== beside) drawer.open = now
    beside = now
    drawer.classList.toggle("beside", beside)
    if (!frame.clientWidth) return
    if (asked !== wanted.address) load(wanted.address)
    const scale = beside ? Math.min(1, frame.clientWidth / READING_WIDTH) : 1
    for (const page of frame.children) {
      page.style.width = `${frame.clientWidth / scale}px`
      page.style.height = `${frame.clientHeight / scale}px`
      page.style.transform = `scale(${scale})`
    }
  }

  function load(address) {
    asked = address
    const next = document.createElement("iframe")
    next.title = "The public page, as saved"
    next.src = address
    next.onload = () => {
      if (asked !== address) return next.remove()
      if (!next.contentDocument?.querySelector("main")) {
        asked = "" // it is asked for again with the next change
        return next.remove()
      }
      const old = frame.querySelector(".shown")
      stayInside(next.contentDocument)
      if (old && part === wanted.part) turnToChange(next, old)
      else turnToPart(next)
      next.className = "shown"
      old?.remove()
    }
    frame.append(next)
  }

  function turnToPart(page) {
    part = wanted.part
    const place = partsOf(page).get(part)
    page.contentWindow.scrollTo(0, place ? topOf(page, place) : 0)
  }

  // What the part that is written says goes before what follows from it elsewhere; without a change, as it was read.
  function turnToChange(next, old) {
    const before = partsOf(old)
    const changed = [...partsOf(next)]
      .filter(([id, place]) => place.textContent !== before.get(id)?.textContent)
      .sort(([one], [other]) => (other === part) - (one === part))[0]?.[1]
    next.contentWindow.scrollTo(0, changed ? topOf(next, changed) : old.contentWindow.scrollY)
    changed?.animate({ backgroundColor: ["color-mix(in srgb, Highlight 40%, transparent)", "transparent"] }, 2000)
  }

  const sizes = new ResizeObserver(fit)

  function leave() {
    sizes.disconnect()
    drawer.removeEventListener("toggle", fit)
    WIDE.removeEventListener("change", fit)
  }

  return (data) => {
    leave()
    wanted = data
    sizes.observe(frame)
    drawer.addEventListener("toggle", fit)
    WIDE.addEventListener("change", fit)
    fit()
    const shown = frame.querySelector(".shown")
    if (shown && part !== wanted.part && asked === wanted.address) turnToPart(shown)
    return leave
  }
}

// Title and summary, which have no name, and the sections by the ids of their headings.
function partsOf(page) {
  const places = [...page.contentDocument.querySelectorAll(".masthead, section[aria-labelledby]")]
  return new Map(places.map((place) => [place.getAttribute("aria-labelledby") ?? "", place]))
}

const topOf = (page, element) => page.contentWindow.scrollY + element.getBoundingClientRect().top - 16

// Its own contents can be followed; what leads elsewhere, or sends something, does nothing here.
function stayInside(page) {
  page.addEventListener("click", (event) => {
    const href = event.target.closest("a")?.getAttribute("href")
    if (href && !href.startsWith("#")) event.preventDefault()
  })
  page.addEventListener("submit", (event) => event.preventDefault())
}
