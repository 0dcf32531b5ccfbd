// A document's pages: images that load as they come into view, under words that can be selected and copied.

const SIZES = [1, 1.25, 1.5, 2, 3]
const READING_WIDTH = 1000
const KEYS = { PageUp: "previous", PageDown: "next", Home: "first", End: "last", "+": "larger", "=": "larger", "-": "smaller", "−": "smaller", 0: "whole" }

export default function (component) {
  const { data, parentElement } = component
  const root = parentElement.querySelector(".document")
  if (root.laurel?.address === data.address && root.laurel.pages === data.ratios.length) return root.laurel.leave
  root.laurel?.leave()
  root.laurel = show(root, data)
  return root.laurel.leave
}

function show(root, { name, address, ratios }) {
  const find = (selector) => root.querySelector(selector)
  const frame = find(".frame")
  const text = find(".text")
  const phone = window.matchMedia("(max-width: 640px)")
  const words = new Map()
  let size = 0
  let current = 0

  root.setAttribute("aria-label", name)
  find(".bar").setAttribute("aria-label", `Reading ${name}`)
  frame.setAttribute("aria-label", `Pages of ${name}`)
  text.setAttribute("aria-label", `Text of ${name}`)
  find(".download").href = address
  find(".download").setAttribute("aria-label", `Download ${name}`)
  const pages = ratios.map((ratio, index) => {
    const page = document.createElement("div")
    page.className = "page"
    page.style.setProperty("--ratio", ratio)
    page.setAttribute("role", "group")
    page.setAttribute("aria-label", `Page ${index + 1}`)
    return page
  })
  find(".pages").replaceChildren(...pages)
  text.replaceChildren()

  const watch = new IntersectionObserver(
    (seen) => seen.forEach((entry) => (entry.target.near = entry.isIntersecting) && load(pages.indexOf(entry.target))),
    { root: phone.matches ? null : frame, rootMargin: "50% 0px" },
  )
  pages.forEach((page) => watch.observe(page))

  // What is on a page, asked for once; tried again the next time when the connection fails.
  function wordsOf(index) {
    if (!words.has(index)) {
      const asked = fetch(`${address}/pages/${index + 1}/text`, { headers: { Accept: "application/json" } })
      const answer = asked.then((response) => (response.ok ? response.json() : Promise.reject(new Error("refused"))))
      answer.catch(() => words.delete(index))
      words.set(index, answer)
    }
    return words.get(index)
  }

  async function load(index) {
    const page = pages[index]
    showImage(index)
    if (page.worded) return
    page.worded = true
    try {
      const { lines } = await wordsOf(index)
      if (page.clientWidth) placeWords(page, ratios[index], lines)
      else page.worded = false
    } catch (error) {
      page.worded = false
    }
  }

  async function showImage(index) {
    const page = pages[index]
    const closer = page.clientWidth * window.devicePixelRatio > READING_WIDTH * 1.1
    const source = `${address}/pages/${index + 1}${closer ? "/zoom" : ""}`
    if (page.asked === source || page.closer) return
    page.asked = source
    const image = new Image()
    image.alt = `Page ${index + 1} of ${name}`
    image.draggable = false
    image.src = source
    try {
      await image.decode()
    } catch (error) {
      page.asked = null
      if (!page.querySelector("img")) complain(page, index)
      return
    }
    if (page.asked !== source) return
    page.closer = closer
    page.querySelectorAll(":scope > img, .problem").forEach((old) => old.remove())
    page.prepend(image)
  }

  function complain(page, index) {
    if (page.querySelector(".problem")) return
    const line = document.createElement("p")
    line.className = "problem"
    line.textContent = `Page ${index + 1} could not be loaded. Turn to another page and back to try again.`
    page.append(line)
  }

  function draw() {
    find(".place").textContent = `Page ${current + 1} of ${pages.length}`
    find(".scale").textContent = `${SIZES[size] * 100}\u00a0%`
    find(".previous").disabled = current === 0
    find(".next").disabled = current === pages.length - 1
    find(".smaller").disabled = size === 0
    find(".larger").disabled = size === SIZES.length - 1
    pages.forEach((page, index) => page.classList.toggle("current", index === current))
  }

  function turnTo(index) {
    current = Math.max(0, Math.min(pages.length - 1, index))
    draw()
    if (!text.hidden) turnTextTo(text.children[current])
    else if (phone.matches) load(current)
    else frame.scrollTop = pages[current].offsetTop - pages[0].offsetTop
  }

  function turnTextTo(part) {
    if (!part) return
    if (phone.matches) part.scrollIntoView()
    else text.scrollTop = part.offsetTop - text.firstElementChild.offsetTop
  }

  // The page stays where it is on the screen while it becomes larger or smaller.
  function resize(wanted) {
    size = Math.max(0, Math.min(SIZES.length - 1, wanted))
    const page = pages[current]
    const down = (frame.scrollTop + frame.clientHeight / 2 - page.offsetTop) / page.offsetHeight
    const across = (frame.scrollLeft + frame.clientWidth / 2) / frame.scrollWidth
    find(".pages").style.setProperty("--zoom", SIZES[size])
    frame.scrollTop = page.offsetTop + down * page.offsetHeight - frame.clientHeight / 2
    frame.scrollLeft = across * frame.scrollWidth - frame.clientWidth / 2
    pages.forEach((each, index) => each.near && showImage(index))
    draw()
  }

  async function readAsText(chosen) {
    find(".as-text").setAttribute("aria-pressed", String(chosen))
    text.hidden = !chosen
    frame.hidden = chosen
    find(".sizes").hidden = chosen
    if (!chosen) return turnTo(current)
    if (text.childElementCount) return
    for (let index = 0; index < pages.length; index++) {
      const part = document.createElement("div")
      text.append(part)
      const head = document.createElement("h4")
      head.textContent = `Page ${index + 1}`
      part.append(head)
      try {
        const said = await wordsOf(index)
        const paragraphs = said.lines.length ? paragraphsOf(said.lines) : said.text.split(/\n+/)
        part.append(...(paragraphs.filter(Boolean).length ? paragraphs.filter(Boolean) : ["There are no words on this page."]).map(paragraph))
      } catch (error) {
        part.append(paragraph("This page could not be loaded. Choose “Read as text” again."))
        text.dataset.again = "true"
      }
    }
  }

  const acts = {
    previous: () => turnTo(current - 1),
    next: () => turnTo(current + 1),
    first: () => turnTo(0),
    last: () => turnTo(pages.length - 1),
    larger: () => resize(size + 1),
    smaller: () => resize(size - 1),
    whole: () => resize(0),
  }
  for (const act of ["previous", "next", "larger", "smaller"]) find(`.${act}`).onclick = acts[act]
  find(".as-text").onclick = () => {
    if (text.dataset.again) {
      delete text.dataset.again
      text.replaceChildren()
    }
    readAsText(text.hidden)
  }
  root.onkeydown = (event) => {
    const act = KEYS[event.key]
    if (!act || event.ctrlKey || event.metaKey || event.altKey) return
    event.preventDefault()
    event.stopPropagation()
    acts[act]()
  }
  frame.onscroll = () => {
    if (phone.matches) return
    const middle = frame.scrollTop + frame.clientHeight / 3
    const seen = pages.findIndex((page) => page.offsetTop + page.offsetHeight > middle)
    if (seen >= 0 && seen !== current) {
      current = seen
      draw()
    }
  }
  draw()
  return { address, pages: ratios.length, leave: () => watch.disconnect() }
}

// Each line of words lies where it is on the image and is as wide as there, whatever font the browser writes it in.
function placeWords(page, ratio, lines) {
  const layer = document.createElement("div")
  layer.className = "words"
  const spans = lines.map((line) => {
    const span = document.createElement("span")
    const upright = line.turned % 180 === 0
    const [left, top] = [line.turned === 90 || line.turned === 180, line.turned === 180 || line.turned === 270]
    span.textContent = line.text
    span.style.left = `${left ? line.left + line.width : line.left}%`
    span.style.top = `${top ? line.top + line.height : line.top}%`
    span.style.fontSize = `${upright ? line.height * ratio : line.width}cqw`
    return span
  })
  layer.append(...spans)
  page.querySelector(".words")?.remove()
  page.append(layer)
  const across = page.clientWidth
  const natural = spans.map((span) => span.offsetWidth)
  spans.forEach((span, index) => {
    const line = lines[index]
    const wanted = ((line.turned % 180 === 0 ? line.width : line.height * ratio) / 100) * across
    const turn = line.turned ? `rotate(${line.turned}deg) ` : ""
    if (natural[index] > 0) span.style.transform = `${turn}scaleX(${wanted / natural[index]})`
  })
}

function paragraph(words) {
  const element = document.createElement("p")
  element.textContent = words
  return element
}

// Lines that follow one another closely belong to one paragraph.
function paragraphsOf(lines) {
  const paragraphs = []
  let before = null
  for (const line of lines) {
    const near =
      before &&
      line.turned === before.turned &&
      line.top - before.top < 1.9 * before.height &&
      line.top - before.top > -0.5 * before.height &&
      Math.abs(line.height - before.height) < 0.2 * before.height
    if (near) paragraphs[paragraphs.length - 1] += ` ${line.text}`
    else paragraphs.push(line.text)
    before = line
  }
  return paragraphs
}
