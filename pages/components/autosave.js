// A text that saves itself: after a pause, when it is left, when the page goes away. "Saved" is said only on the answer.

const PAUSE = 600
const RETRY = 2000
const KEEPALIVE_BYTES = 60000

const tab = (window.laurelTab ??= newTab())

function newTab() {
  const bytes = crypto.getRandomValues(new Uint8Array(16))
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("")
}

function nextNumber() {
  window.laurelSaves = (window.laurelSaves ?? 0) + 1
  return window.laurelSaves
}

function clock(moment, zone) {
  return new Date(moment).toLocaleTimeString("en-GB", { hour: "2-digit", minute: "2-digit", timeZone: zone })
}

function words(text) {
  return text.trim() ? text.trim().split(/\s+/).length : 0
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component
  const root = parentElement.querySelector(".autosave")
  const area = root.querySelector("textarea")
  const state = (root.laurel ??= { version: null, timer: null, sending: false, dirty: false, gone: false })
  state.data = data
  state.gone = false
  state.tell = setTriggerValue

  root.querySelector(".label").textContent = data.label
  root.querySelector(".label").setAttribute("for", data.field)
  root.querySelector(".help").textContent = data.help ?? ""
  root.querySelector(".help").hidden = !data.help
  area.id = data.field
  area.rows = data.rows
  area.disabled = data.disabled

  if (state.version === null || (data.version > state.version && !state.dirty)) {
    area.value = data.text
    state.version = data.version
    state.saved = data.text
    say(data.version ? "saved" : "empty", data.saved)
  }
  count()

  function say(kind, at) {
    const line = root.querySelector(".state")
    const wordings = {
      empty: ["", ""],
      typing: ["✎", "Not saved yet"],
      saving: ["↻", "Saving…"],
      saved: ["✓", at ? `Saved ${at}` : "Saved"],
      offline: ["!", "No connection. Your text is kept here; trying again."],
      clash: ["!", "Not saved: this was changed elsewhere. Both texts are below."],
      refused: ["!", at],
    }
    const [mark, wording] = wordings[kind]
    line.className = `state ${kind}`
    line.querySelector(".mark").textContent = mark
    line.querySelector(".words").textContent = wording
  }

  function count() {
    const counter = root.querySelector(".count")
    counter.hidden = !data.limit
    if (!data.limit) return
    const number = words(area.value)
    counter.textContent = `${number} of ${data.limit} words`
    counter.classList.toggle("over", number > data.limit)
  }

  async function save(leaving = false) {
    clearTimeout(state.timer)
    if (!state.dirty || state.clash) return
    if (state.sending && !leaving) {
      state.again = true
      return
    }
    const text = area.value
    const body = JSON.stringify({
      ...state.data.target,
      text,
      base_version: state.version,
      tab,
      save_number: nextNumber(),
    })
    const request = {
      method: "POST",
      headers: { "Content-Type": "application/json", Accept: "application/json" },
      body,
      keepalive: body.length < KEEPALIVE_BYTES,
    }
    if (leaving) {
      fetch("/autosave", request).catch(() => {})
      return
    }
    state.sending = true
    say("saving")
    let answer = null
    let refusal = ""
    try {
      const response = await fetch("/autosave", request)
      if (response.ok) answer = await response.json()
      else if (response.status < 500) refusal = (await response.json()).words ?? "This could not be saved."
    } catch (error) {
      // no connection: tried again below
    }
    state.sending = false
    if (answer && answer.theirs !== null && answer.theirs !== undefined) {
      state.clash = answer
      showClash(answer)
    } else if (answer) {
      const first = state.version === 0
      state.version = answer.version
      state.saved = text
      state.dirty = area.value !== text
      if (state.dirty) later(0)
      else say("saved", clock(answer.saved, state.data.zone))
      if (first && !state.gone) state.tell("first_saved", true)
    } else if (refusal) {
      say("refused", `Not saved. ${refusal}`)
    } else {
      say("offline")
      later(RETRY)
    }
    if (state.again) {
      state.again = false
      save()
    }
  }

  function later(wait) {
    clearTimeout(state.timer)
    state.timer = setTimeout(save, wait)
  }

  function showClash(answer) {
    say("clash")
    const box = root.querySelector(".clash")
    box.hidden = false
    box.querySelector(".theirs").textContent = answer.theirs
    box.querySelector(".keep-mine").onclick = () => settle(area.value, answer)
    box.querySelector(".take-theirs").onclick = () => {
      area.value = answer.theirs
      settle(answer.theirs, answer)
    }
  }

  function settle(text, answer) {
    root.querySelector(".clash").hidden = true
    state.clash = null
    state.version = answer.version
    state.dirty = text !== answer.theirs
    count()
    if (state.dirty) save()
    else say("saved", clock(answer.saved, state.data.zone))
    area.focus()
  }

  area.oninput = () => {
    state.dirty = area.value !== state.saved || state.sending
    count()
    if (state.dirty) {
      if (!state.clash) say("typing")
      later(PAUSE)
    }
  }
  area.onblur = () => save()

  const leave = () => save(true)
  window.addEventListener("pagehide", leave)
  return () => {
    window.removeEventListener("pagehide", leave)
    state.gone = true
    save()
  }
}
