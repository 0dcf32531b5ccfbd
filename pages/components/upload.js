// Files sent in pieces by tus. What has arrived is never sent again, also after a reload when the same file is chosen.

const AT_ONCE = 2
const SILENCE = 15000
const RETRY = [1000, 2000, 4000, 8000]
const MEGABYTE = 1024 * 1024
const STEADY = 4000
const TUS = { "Tus-Resumable": "1.0.0" }

function encoded(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)))
}

function figures(bytes) {
  return bytes < MEGABYTE ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / MEGABYTE).toFixed(1)} MB`
}

function spoken(seconds) {
  if (seconds < 60) return `${Math.ceil(seconds / 5) * 5} seconds left`
  const minutes = Math.ceil(seconds / 60)
  return minutes === 1 ? "1 minute left" : `${minutes} minutes left`
}

function wait(milliseconds) {
  return new Promise((resolve) => setTimeout(resolve, milliseconds))
}

class Said extends Error {} // words of the server's, for the person

export default function (component) {
  const { data, parentElement, setTriggerValue } = component
  const root = parentElement.querySelector(".upload")
  const input = root.querySelector("input")
  const drop = root.querySelector(".drop")
  const list = root.querySelector(".files")
  const state = (root.laurel ??= { files: [], over: new Set() })
  state.data = data
  state.tell = setTriggerValue

  const ACTS = {
    sending: [["Pause", pause], ["Cancel", cancel]],
    waiting: [["Cancel", cancel]],
    paused: [["Resume", resume], ["Cancel", cancel]],
    failed: [["Try again", resume], ["Remove", cancel]],
    offered: [["Cancel", cancel]],
  }

  root.querySelector(".label").textContent = data.label
  root.querySelector(".help").textContent = data.help ?? ""
  input.accept = data.accept
  input.id = data.field
  input.setAttribute("aria-label", `Choose files: ${data.label}`)
  input.onchange = () => {
    const chosen = [...input.files]
    input.value = ""
    add(chosen)
  }
  drop.ondragover = (event) => {
    if (![...event.dataTransfer.types].includes("Files")) return
    event.preventDefault()
    drop.classList.add("over")
  }
  drop.ondragleave = () => drop.classList.remove("over")
  drop.ondrop = (event) => {
    event.preventDefault()
    drop.classList.remove("over")
    add([...event.dataTransfer.files])
  }
  offer(data.unfinished ?? [])

  const leave = (event) => {
    if (state.files.some((item) => ["sending", "waiting"].includes(item.state))) event.preventDefault()
  }
  window.addEventListener("beforeunload", leave)
  draw()
  return () => window.removeEventListener("beforeunload", leave)

  function complain(words) {
    const line = root.querySelector(".problem")
    line.textContent = words
    line.hidden = !words
  }

  function say(words) {
    root.querySelector(".told").textContent = words
  }

  // What the database knows of earlier visits: each waits for its file to be chosen again.
  function offer(unfinished) {
    const known = new Set(state.files.map((item) => item.address))
    for (const row of unfinished) {
      if (known.has(row.address) || state.over.has(row.address)) continue
      const item = { ...row, size: row.length, sent: row.offset, state: "offered", file: null }
      state.files.push(item)
      look(item)
    }
    const there = new Set(unfinished.map((row) => row.address))
    state.files = state.files.filter((item) => item.state !== "offered" || there.has(item.address))
  }

  // The server may have more than is durable. What has arrived since the page was drawn is no longer offered.
  async function look(item) {
    try {
      const answer = await fetch(item.address, { method: "HEAD", headers: { ...TUS, Accept: "application/json" } })
      if (item.state !== "offered") return
      if (answer.ok) item.sent = Number(answer.headers.get("Upload-Offset") ?? item.sent)
      if ((answer.ok && item.sent >= item.size) || [403, 410, 422].includes(answer.status)) {
        remove(item)
        if (answer.ok) state.tell("arrived", Date.now())
      }
      draw()
    } catch (error) {
      // what the database says will do
    }
  }

  function add(chosen) {
    complain("")
    const refused = []
    for (const file of chosen) {
      if (file.size > state.data.limit) {
        refused.push(`${file.name} is too large: at most ${figures(state.data.limit)} are accepted here.`)
        continue
      }
      if (!file.size) {
        refused.push(`${file.name} is empty. Choose another one.`)
        continue
      }
      const earlier = state.files.find(
        (item) => item.name === file.name && item.size === file.size && !item.file && isSame(item, file),
      )
      if (earlier) Object.assign(earlier, { file, state: "waiting", words: "" })
      else if (!state.files.some((item) => item.file && item.name === file.name && item.size === file.size))
        state.files.push({ file, name: file.name, size: file.size, sent: 0, address: "", state: "waiting" })
    }
    complain(refused.join(" "))
    next()
  }

  // The same name and size may be another edition: this browser remembers when the file was changed.
  function isSame(item, file) {
    const changed = localStorage.getItem(`laurel ${item.address}`)
    return changed === null || changed === String(file.lastModified)
  }

  function next() {
    const free = AT_ONCE - state.files.filter((item) => item.state === "sending").length
    for (const item of state.files.filter((one) => one.state === "waiting").slice(0, Math.max(0, free))) run(item)
    draw()
  }

  async function run(item) {
    Object.assign(item, { state: "sending", words: "", soft: "", rate: 0, mark: null })
    try {
      await alone(item, () => send(item))
    } catch (error) {
      if (item.state === "sending") {
        item.state = "failed"
        item.words = error instanceof Said ? error.message : "The file could not be sent. Try again."
        say(`${item.name} was not sent.`)
      }
    }
    next()
  }

  // One tab at a time; where the browser has no locks the server alone sees to it.
  async function alone(item, work) {
    if (!navigator.locks) return work()
    const name = `laurel upload ${item.name} ${item.size} ${Object.values(state.data.target).join(" ")}`
    return navigator.locks.request(name, { ifAvailable: true }, (lock) => {
      if (!lock) throw new Said("Another tab is sending this file. Look there, or close it and try again.")
      return work()
    })
  }

  async function send(item) {
    for (let failures = 0; item.state === "sending"; ) {
      const before = item.sent
      const trouble = await attempt(item)
      if (trouble === null) {
        if (item.sent < item.size) continue
        remove(item)
        say(`${item.name} has arrived.`)
        state.tell("arrived", Date.now())
        return
      }
      if (item.state !== "sending") return
      failures = item.sent > before ? 0 : failures + 1
      if (trouble.last && failures > 3) throw new Said(trouble.words)
      item.soft = trouble.words
      draw()
      await wait(RETRY[Math.min(failures, RETRY.length - 1)])
      item.soft = ""
      if (!root.isConnected) item.state = "paused"
    }
  }

  // Null when all went well, else what is said while it is tried again.
  async function attempt(item) {
    try {
      await locate(item)
    } catch (error) {
      if (error instanceof Said) throw error
      if (error instanceof TypeError) return { words: "No connection. What has arrived is kept; trying again." }
      return error
    }
    if (item.sent >= item.size || item.state !== "sending") return null
    return piece(item)
  }

  // Where to go on: at what the server has, or at the beginning of a new upload.
  async function locate(item) {
    if (item.address) {
      const answer = await fetch(item.address, { method: "HEAD", headers: { ...TUS, Accept: "application/json" } })
      const offset = answer.headers.get("Upload-Offset")
      if (answer.ok && offset !== null) {
        item.sent = Number(offset)
        return
      }
      if (answer.status === 423) throw { words: "Another tab or device is sending this file. Waiting for it.", last: true }
      if (answer.status >= 500) throw { words: "The server is busy. What has arrived is kept; trying again." }
      forget(item)
      throw new Said(
        answer.status === 410
          ? "This upload was cancelled elsewhere, refused or is too old. Try again to send the file from its beginning."
          : "You are no longer signed in here, or may not send this any more. Reload the page.",
      )
    }
    const about = { filename: item.name, ...state.data.target }
    const answer = await fetch("/uploads", {
      method: "POST",
      headers: {
        ...TUS,
        Accept: "application/json",
        "Upload-Length": String(item.size),
        "Upload-Metadata": Object.entries(about).map(([name, value]) => `${name} ${encoded(value)}`).join(","),
      },
    })
    if (answer.ok) {
      item.address = answer.headers.get("Location")
      item.sent = 0
      localStorage.setItem(`laurel ${item.address}`, String(item.file.lastModified))
      if (item.state === "cancelled") dropThere(item)
      return
    }
    const words = await wordsOf(answer.text())
    if (answer.status >= 500) throw { words }
    throw new Said(words)
  }

  async function wordsOf(text) {
    try {
      return JSON.parse(await text).words ?? "The file could not be sent. Try again."
    } catch (error) {
      return "The file could not be sent. Reload the page and try again."
    }
  }

  function piece(item) {
    return new Promise((resolve, reject) => {
      const request = (item.request = new XMLHttpRequest())
      const offset = item.sent
      let watchdog = setTimeout(() => request.abort(), SILENCE)
      request.open("PATCH", item.address)
      request.setRequestHeader("Accept", "application/json")
      request.setRequestHeader("Tus-Resumable", "1.0.0")
      request.setRequestHeader("Upload-Offset", String(offset))
      request.setRequestHeader("Content-Type", "application/offset+octet-stream")
      request.upload.onprogress = (event) => {
        clearTimeout(watchdog)
        watchdog = setTimeout(() => request.abort(), SILENCE)
        if (!root.isConnected) {
          item.state = "paused"
          request.abort()
          return
        }
        item.sent = offset + event.loaded
        measure(item)
        draw()
      }
      request.upload.onload = () => {
        clearTimeout(watchdog)
        item.soft = "Checking what has arrived…"
        draw()
      }
      request.onerror = request.onabort = () => {
        clearTimeout(watchdog)
        resolve({ words: "No connection. What has arrived is kept; trying again." })
      }
      request.onload = async () => {
        clearTimeout(watchdog)
        item.soft = ""
        if (request.status === 204) {
          item.sent = Number(request.getResponseHeader("Upload-Offset"))
          resolve(null)
          return
        }
        const words = await wordsOf(request.responseText)
        if ([409, 460].includes(request.status)) resolve({ words: "Looking where to go on…", last: true })
        else if (request.status === 423) resolve({ words, last: true })
        else if (request.status >= 500) resolve({ words })
        else {
          forget(item)
          reject(new Said(words))
        }
      }
      request.send(item.file.slice(offset))
    })
  }

  // A rate is shown once it has been steady for some seconds.
  function measure(item) {
    const at = performance.now()
    item.mark ??= { at, sent: item.sent }
    const passed = at - item.mark.at
    if (passed < 1000) return
    const rate = (1000 * (item.sent - item.mark.sent)) / passed
    item.rate = item.rate ? 0.7 * item.rate + 0.3 * rate : rate
    item.begun ??= item.mark.at
    item.mark = { at, sent: item.sent }
  }

  function forget(item) {
    localStorage.removeItem(`laurel ${item.address}`)
    state.over.add(item.address)
    item.address = ""
    item.sent = 0
  }

  function remove(item) {
    if (item.address) forget(item)
    state.files = state.files.filter((one) => one !== item)
  }

  function pause(item) {
    item.state = "paused"
    item.request?.abort()
    say(`${item.name} is paused.`)
    next()
  }

  function resume(item) {
    Object.assign(item, { state: "waiting", words: "" })
    next()
  }

  function cancel(item) {
    item.state = "cancelled"
    item.request?.abort()
    if (item.address) dropThere(item)
    say(`${item.name} is cancelled.`)
    remove(item)
    next()
    input.focus()
  }

  function dropThere(item) {
    fetch(item.address, { method: "DELETE", headers: TUS, keepalive: true }).catch(() => {})
    forget(item)
  }

  function told(item) {
    const share = `${figures(item.sent)} of ${figures(item.size)}`
    if (item.state === "offered")
      return item.sent ? `Choose the same file again to go on from ${figures(item.sent)}.` : "Choose the same file again to send it."
    if (item.state === "waiting") return `Waiting for its turn, ${figures(item.size)}`
    if (item.state === "paused") return `Paused at ${share}`
    if (item.state === "failed") return ""
    const steady = item.rate && performance.now() - item.begun > STEADY
    if (!steady) return share
    return `${share}, ${figures(item.rate)} a second, ${spoken((item.size - item.sent) / item.rate)}`
  }

  // Rows are kept and changed, so that a button under somebody's finger stays where it is.
  function draw() {
    const rows = state.files.map((item) => {
      item.row ??= row()
      const { line, name, bar, words, note, acts } = item.row
      name.textContent = item.name
      bar.hidden = ["failed", "waiting"].includes(item.state)
      bar.setAttribute("aria-label", item.name)
      bar.value = (100 * item.sent) / item.size
      words.textContent = told(item)
      note.textContent = item.words || item.soft || ""
      note.className = item.words ? "note bad" : "note waits"
      if (item.row.drawn !== item.state) {
        const wasFocused = acts.contains(root.getRootNode().activeElement)
        acts.replaceChildren(
          ...ACTS[item.state].map(([label, act]) => {
            const button = document.createElement("button")
            button.type = "button"
            button.textContent = label
            button.setAttribute("aria-label", `${label}: ${item.name}`)
            button.onclick = () => act(item)
            return button
          }),
        )
        if (wasFocused) acts.firstElementChild?.focus()
        item.row.drawn = item.state
      }
      return line
    })
    if (rows.length !== list.children.length || rows.some((line, at) => line !== list.children[at]))
      list.replaceChildren(...rows)
    list.hidden = !rows.length
  }

  function row() {
    const line = document.createElement("li")
    const [name, acts, bar, words, note] = ["span", "span", "progress", "span", "span"].map((kind) =>
      line.appendChild(document.createElement(kind)),
    )
    Object.assign(name, { className: "name" })
    Object.assign(acts, { className: "acts" })
    Object.assign(bar, { max: 100 })
    Object.assign(words, { className: "figures" })
    return { line, name, bar, words, note, acts, drawn: "" }
  }
}
