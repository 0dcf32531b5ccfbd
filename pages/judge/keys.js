// The scoring room by keyboard alone. The one table below is what the keys do and what the panel says of them.

const OFF = "laurel keys are off"
const SECOND_DIGIT = 600 // milliseconds that are waited for it, on a scale that goes beyond 10

const DRAWN = 400 // milliseconds after which what was opened is there
const SETTLING = 5 // times DRAWN

const TABLE = [
  { keys: "n", words: "Next criterion", act: () => turnToCriterion(1) },
  { keys: "p", words: "Previous criterion", act: () => turnToCriterion(-1) },
  { keys: "x", words: "Cannot judge this criterion", act: () => choose(CANNOT_JUDGE) },
  { keys: "h", words: "Half a point more, or less again", when: () => offered(HALF), act: () => turnHalf() },
  { keys: "y", words: "Yes, to the question that has the focus", when: () => offered("Yes"), act: () => choose("Yes") },
  { keys: "o", words: "No, to the question that has the focus", when: () => offered("No"), act: () => choose("No") },
  { keys: "s", words: "Lock the first part and see who is behind the entry; Enter then confirms", when: () => reveal(), act: () => askToReveal() },
  { keys: "e", words: "Write the comment for the entrant; Escape leads back", act: () => write("Comment for the entrant") },
  { keys: "v", words: "Write the note for the panel; Escape leads back", act: () => write("Private note for the panel") },
  { keys: "m", words: "Open your own note and earlier scores, or close them", act: () => openOwn() },
  { keys: "a", words: "Read the answers, with ↓ and Space", act: () => turnPane("entry") },
  { keys: ".", words: "Next page of the document", act: () => turnPage("next") },
  { keys: ",", words: "Previous page of the document", act: () => turnPage("previous") },
  { keys: "j", words: "Next entry; after the last one, your list", act: () => turnEntry(-1) },
  { keys: "k", words: "Previous entry", act: () => turnEntry(0) },
  { keys: "l", words: "Your list, where you also finish", act: () => leaveFor("/judging") },
  { keys: "?", words: "This panel", act: () => showKeys() },
]
const CANNOT_JUDGE = "Cannot judge"
const HALF = "½"
const TYPED_IN = "textarea, select, [contenteditable=true], input:not([type=radio], [type=checkbox], [type=button])"
const OPEN_ABOVE = "dialog, [role=dialog], [role=menu], [role=listbox], [role=combobox]"

const room = (window.laurelRoom ??= { at: -1, turning: false, byKey: false, digits: "", timer: null, panel: null, places: {} })

// What the page shows, asked for when a key is pressed: the application draws it anew whenever it likes.

const criteria = () => [...document.querySelectorAll(".st-key-scorecard [role=radiogroup]")]
const options = (group) => [...group.querySelectorAll("[role=radio]")]
const named = (option) => option.textContent.trim()
const offered = (ending) => criteria().some((group) => options(group).some((each) => named(each).endsWith(ending)))
const reveal = () => document.querySelector(".st-key-reveal button:not(:disabled)")
const focused = () => criteria().findIndex((group) => group.contains(document.activeElement))
const inBar = () => [...document.querySelectorAll('[data-testid="stBottom"] [data-testid="stButton"] button')]

function documents() {
  const hosts = document.querySelectorAll('.st-key-pane-entry [data-testid="stBidiComponentRegular"], .st-key-pane-entry [data-testid="stBidiComponentIsolated"]')
  return [...hosts].flatMap((host) => [...(host.shadowRoot ?? host.firstElementChild?.shadowRoot ?? host).querySelectorAll(".document")])
}

// What the keys do

function currentCriterion() {
  const groups = criteria()
  const at = focused() >= 0 ? focused() : room.at
  if (groups[at]) return at
  return Math.max(0, groups.findIndex((group) => !group.querySelector("[aria-checked=true]")))
}

function turnToCriterion(step) {
  const known = focused() >= 0 ? focused() : room.at
  show(known < 0 ? currentCriterion() : Math.max(0, Math.min(criteria().length - 1, known + step)))
}

function show(at) {
  const group = criteria()[at]
  if (!group) return
  const within = options(group)
  focusOn(within.find((each) => each.getAttribute("aria-checked") === "true") ?? within[0], "card")
}

function choose(name) {
  const at = currentCriterion()
  const group = criteria()[at]
  const option = group && options(group).find((each) => named(each) === name)
  if (!option || option.disabled) return
  focusOn(option, "card")
  option.click()
}

function turnHalf() {
  const chosen = criteria()[currentCriterion()]?.querySelector("[aria-checked=true]")
  if (!chosen || named(chosen) === CANNOT_JUDGE) return
  const point = named(chosen)
  choose(point.endsWith(HALF) ? point.slice(0, -1) || "0" : point === "0" ? HALF : point + HALF)
}

function write(label) {
  for (const host of document.querySelectorAll(".st-key-pane-card [class*=st-key-comment] *")) {
    const area = host.shadowRoot?.querySelector("textarea")
    if (area && host.shadowRoot.querySelector(".label").textContent === label) return focusOn(area, "card")
  }
}

function focusOn(element, pane) {
  showPane(pane)
  element.focus({ preventScroll: true })
  element.scrollIntoView({ block: "center" })
  if (focused() >= 0) room.at = focused()
}

function openOwn() {
  const summary = document.querySelector(".st-key-for-oneself summary")
  if (!summary) return
  focusOn(summary, "card")
  summary.click()
  setTimeout(() => summary.parentElement.scrollIntoView({ block: "nearest" }), DRAWN)
}

// It takes a second key, since what is locked stays locked.
function askToReveal() {
  const button = reveal()
  focusOn(button, "card")
  button.click()
  setTimeout(() => document.querySelector(".st-key-reveal-surely button")?.focus(), DRAWN)
}

function turnPage(direction) {
  const all = documents()
  const seen = ({ top, bottom }) => bottom > 0 && top < window.innerHeight
  const chosen = all.find((each) => seen(each.getBoundingClientRect())) ?? all[0]
  if (!chosen) return
  showPane("entry")
  chosen.scrollIntoView({ block: "nearest" })
  chosen.querySelector(`.${direction}`).click()
}

function turnEntry(which) {
  const button = inBar().at(which)
  if (!button || button.disabled) return
  room.byKey = true
  button.click()
}

// On a phone one pane is seen at a time, each where it was left.
const html = document.documentElement
const paneShown = () => html.dataset.pane ?? "entry"
const page = () => document.querySelector('[data-testid="stMain"]')

function showPane(name) {
  if (paneShown() === name) return
  room.places[paneShown()] = page().scrollTop
  html.dataset.pane = name
  page().scrollTop = room.places[name] ?? 0
}

function turnPane(name) {
  showPane(name)
  document.querySelector(`.st-key-pane-${name}`)?.focus({ preventScroll: true })
}

function leaveFor(path) {
  history.pushState({}, "", path)
  window.dispatchEvent(new PopStateEvent("popstate"))
}

function digit(key) {
  const group = criteria()[currentCriterion()]
  if (!group) return
  clearTimeout(room.timer)
  const points = options(group).map(named)
  const typed = points.some((each) => each.startsWith(room.digits + key)) ? room.digits + key : key
  const mayGoOn = points.includes("11") && points.some((each) => each.length > typed.length && each.startsWith(typed))
  room.digits = mayGoOn ? typed : ""
  if (mayGoOn) room.timer = setTimeout(() => ((room.digits = ""), choose(typed)), SECOND_DIGIT)
  else choose(points.includes(typed) ? typed : typed === "0" && points.includes("10") ? "10" : typed)
}

// The listener

const off = () => localStorage.getItem(OFF) === "yes"

function pressed(event) {
  if (event.ctrlKey || event.metaKey || event.altKey || event.repeat || event.isComposing || event.defaultPrevented) return
  const path = event.composedPath().filter((node) => node instanceof Element)
  const typing = path[0]?.matches(TYPED_IN)
  if (typing && event.key === "Escape" && path[0].matches("textarea")) return show(currentCriterion())
  if (typing || off() || path.some((node) => node.matches(OPEN_ABOVE)) || document.querySelector("[role=dialog], [role=menu]")) return
  const key = event.key.length === 1 ? event.key.toLowerCase() : event.key
  const isDigit = /^[0-9]$/.test(key)
  const row = TABLE.find(({ keys, when }) => keys === key && (!when || when()))
  const isTen = key === "t" && criteria().some((group) => options(group).some((each) => named(each) === "10"))
  if (!row && !isDigit && !isTen) return
  event.preventDefault()
  event.stopPropagation()
  if (room.turning) return
  if (isDigit) digit(key)
  else if (isTen) choose("10")
  else row.act()
}

function clicked(event) {
  const pane = event.target.closest?.(".laurel-pane")
  if (pane) turnPane(pane.classList.contains("to-card") ? "card" : "entry")
  else if (event.target.closest?.(".laurel-keys")) showKeys()
  // Until the other entry is there, what is pressed would still go to this one's card.
  else if (event.target.closest?.('[data-testid="stBottom"] [data-testid="stButton"] button')) room.turning = true
}

// The panel

function scale() {
  const group = criteria()[0]
  if (!group) return []
  const points = options(group).map(named).filter((each) => each !== CANNOT_JUDGE)
  const [lowest, highest] = [points[0], points.at(-1)]
  if (Number(highest) < 10) return [[`${lowest}–${highest}`, "Score the criterion that has the focus"]]
  if (highest !== "10") return [["0–9", `Score the criterion that has the focus, ${lowest} to ${highest}; type both digits`]]
  const ten = lowest === "0" ? "t" : "0"
  return [[lowest === "0" ? "0–9" : `${lowest}–9`, "Score the criterion that has the focus"], [ten, "The same with 10"]]
}

function showKeys() {
  const panel = room.panel
  if (!panel || panel.open) return
  const shown = TABLE.filter(({ when }) => !when || when())
  const rows = [...scale(), ...shown.map(({ keys, words }) => [keys, words])]
  panel.querySelector("tbody").replaceChildren(...rows.map(([keys, words]) => keyRow(keys, words)))
  const on = panel.querySelector(".on")
  on.checked = !off()
  on.onchange = () => localStorage.setItem(OFF, on.checked ? "no" : "yes")
  panel.querySelector(".close").onclick = () => panel.close()
  if (focused() >= 0) room.at = focused()
  panel.showModal()
}

function keyRow(keys, words) {
  const row = document.createElement("tr")
  const [head, cell, key] = ["th", "td", "kbd"].map((name) => document.createElement(name))
  head.scope = "row"
  key.textContent = keys.toUpperCase()
  head.append(key)
  cell.textContent = words
  row.append(head, cell)
  return row
}

// The focus goes to the new entry, again when what had it is drawn anew and it has fallen to nothing: as long as the
// page is at work, and some while after.
const toEntry = () => document.querySelector(".st-key-pane-entry")?.focus({ preventScroll: true })
const atWork = () => document.querySelector('[data-testid="stApp"]').dataset.testScriptState !== "notRunning"

function stayAtEntry(times) {
  if (document.activeElement === document.body) toEntry()
  if (times > 0) setTimeout(() => stayAtEntry(atWork() ? times : times - 1), DRAWN)
}

// Listens as long as the scoring room is shown. When it was turned by a key, the focus goes along to the new entry.
function listenToKeys(panel, turned) {
  room.panel = panel
  room.turning = false
  if (turned) {
    room.at = -1
    room.places = {}
    showPane("entry")
    if (room.byKey) {
      toEntry()
      stayAtEntry(SETTLING)
    }
  }
  room.byKey = false
  document.addEventListener("keydown", pressed)
  document.addEventListener("click", clicked)
  return () => {
    document.removeEventListener("keydown", pressed)
    document.removeEventListener("click", clicked)
    clearTimeout(room.timer)
  }
}
