// What a judge chooses on the scorecard. A choice is sent at once, stands as chosen and not yet stored until the server
// has answered, and is sent again until then: after a lost connection, a restart, on another process.

const AGAIN = 2000 // milliseconds without an answer after which it is sent again
const UNSURE = 1500 // milliseconds after which it is said that it is not saved yet

const app = () => document.querySelector('[data-testid="stApp"]')
const connected = () => app().getAttribute("data-test-connection-state") === "CONNECTED"
const idle = () => app().getAttribute("data-test-script-state") === "notRunning"

function made(tag, kind, text) {
  const element = document.createElement(tag)
  if (kind) element.className = kind
  if (text) element.textContent = text
  return element
}

export default function (component) {
  const root = component.parentElement.querySelector(".choices")
  const card = (root.laurel ??= { root, name: newName(), sent: 0, waiting: [], rows: new Map(), shape: "" })
  card.data = component.data
  card.send = (waiting) => component.setStateValue("choices", waiting.map(({ words }) => words))
  const answered = new Set(card.data.answered)
  card.waiting = card.waiting.filter(({ words }) => !answered.has(words[0]))
  const shape = JSON.stringify(card.data.rows.map(({ stored, words, levels, editable, ...shape }) => shape))
  if (shape !== card.shape) build(card)
  card.shape = shape
  draw(card)
  watch(card)
  return () => clearTimeout(card.timer)
}

function newName() {
  return Array.from(crypto.getRandomValues(new Uint8Array(8)), (byte) => byte.toString(16).padStart(2, "0")).join("")
}

// The rows, which stay as long as the same is asked, and with them the focus and what is opened.

function build(card) {
  card.rows.clear()
  const rows = card.data.rows.flatMap((row) => ("heading" in row ? parted(row) : asked(card, row)))
  card.root.replaceChildren(...(card.data.head ? [headed(card)] : []), ...rows)
}

function headed(card) {
  const head = made("div", "laurel-heading")
  card.saved = made("p")
  card.saved.setAttribute("role", "status")
  head.append(made("h2", "", card.data.head.title), card.saved)
  return head
}

function parted(row) {
  const heading = made("div", "laurel-heading")
  heading.append(made("h3", "", row.heading))
  return [made("p", "laurel-quiet", row.before), heading]
}

function asked(card, row) {
  const question = made("p", "laurel-criterion")
  question.append(made("strong", "", row.title), " ", made("span", "", row.aside))
  if (row.question) question.append(document.createElement("br"), row.question)
  if (!row.options.length) return [question]
  const group = made("div", "options")
  group.setAttribute("role", "radiogroup")
  group.setAttribute("aria-label", row.label)
  const options = row.options.map(([value, words]) => {
    const option = made("button", "", words)
    option.type = "button"
    option.value = value
    option.setAttribute("role", "radio")
    option.onclick = () => choose(card, row.key, value)
    return option
  })
  group.append(...options)
  group.onkeydown = (event) => move(event, options)
  const under = made("div", "under")
  card.rows.set(row.key, { options, under })
  return [question, group, under]
}

// Arrows move the focus and choose nothing, since what is chosen is stored.
function move(event, options) {
  const steps = { ArrowRight: 1, ArrowDown: 1, ArrowLeft: -1, ArrowUp: -1 }
  if (!(event.key in steps) || event.ctrlKey || event.metaKey || event.altKey) return
  event.preventDefault()
  const at = options.indexOf(document.activeElement)
  options.at((at + steps[event.key]) % options.length).focus()
}

function draw(card) {
  card.root.dataset.about = card.data.about
  const { head } = card.data
  if (head) card.saved.className = head.kept ? "laurel-saved" : ""
  if (head && card.saved.textContent !== head.saved) card.saved.textContent = head.saved
  for (const row of card.data.rows) if (card.rows.has(row.key)) drawRow(card, row, card.rows.get(row.key))
}

function drawRow(card, row, { options, under }) {
  const waiting = card.waiting.findLast(({ words }) => words[1] === card.data.about && words[3] === row.key)
  const chosen = waiting ? waiting.words[4] : row.stored
  const first = options.find((option) => option.value === chosen) ?? options[0]
  for (const option of options) {
    option.setAttribute("aria-checked", option.value === chosen)
    option.classList.toggle("waiting", Boolean(waiting) && option.value === chosen)
    option.tabIndex = option === first ? 0 : -1
    option.disabled = !row.editable
  }
  const late = waiting && Date.now() - waiting.since > UNSURE
  const shown = JSON.stringify([card.data.about, row.stored, row.words, row.levels, row.editable, Boolean(waiting), late])
  if (under.laurel === shown) return
  under.laurel = shown
  if (waiting) under.replaceChildren(saving(late))
  else if (row.stored) under.replaceChildren(stored(card, row))
  else under.replaceChildren(...(row.levels.length ? [levels(row)] : []))
}

function saving(late) {
  const line = made("p", late ? "late" : "", late ? "Not saved yet: it is kept here and sent again." : "Saving…")
  line.setAttribute("role", "status")
  return line
}

// A choice cannot be unmade where it was made, so that no second click undoes a score by mistake.
function stored(card, row) {
  if (!row.levels.length && !(row.editable && row.takes_back)) return made("p", "", row.words)
  const opened = made("details", "laurel-levels")
  const summary = made("summary", "", row.words)
  summary.append(made("span", "laurel-more", row.levels.length ? "All levels" : "More"))
  opened.append(summary)
  if (row.levels.length) opened.append(levels(row))
  if (row.editable && row.takes_back) {
    const back = made("button", "laurel-back", "Take this score back")
    back.type = "button"
    back.onclick = () => {
      card.rows.get(row.key).options[0].focus()
      choose(card, row.key, "")
    }
    opened.append(back)
  }
  return opened
}

function levels(row) {
  const list = made("ol", "laurel-levels")
  for (const [point, words] of row.levels) {
    const level = made("li", "", words)
    level.value = point
    list.append(level)
  }
  return list
}

function choose(card, key, value) {
  const row = card.data.rows.find((row) => row.key === key)
  const waiting = card.waiting.findLast(({ words }) => words[1] === card.data.about && words[3] === key)
  if (!row.editable || (waiting ? waiting.words[4] : row.stored) === value) return
  card.waiting.push({ words: [name(card), card.data.about, row.kind, key, value], since: Date.now() })
  send(card)
  draw(card)
}

const name = (card) => `${card.name}-${++card.sent}`

function send(card) {
  card.at = Date.now()
  card.send(card.waiting)
  watch(card)
}

function watch(card) {
  clearTimeout(card.timer)
  if (card.waiting.length) card.timer = setTimeout(() => look(card), 500)
}

// Under a new name, since a server that sees what it has seen before does nothing.
function look(card) {
  if (Date.now() - card.at > AGAIN && connected() && idle()) {
    for (const each of card.waiting) each.words[0] = name(card)
    send(card)
  }
  draw(card)
  watch(card)
}
