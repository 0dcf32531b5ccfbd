// A file sent in pieces by tus: what has arrived is never sent again, also after a reload when the same file is chosen.

const SILENCE = 15000
const RETRY = 2000
const MEGABYTE = 1024 * 1024

function encoded(text) {
  return btoa(String.fromCharCode(...new TextEncoder().encode(text)))
}

function figures(bytes) {
  return bytes < MEGABYTE ? `${Math.ceil(bytes / 1024)} KB` : `${(bytes / MEGABYTE).toFixed(1)} MB`
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component
  const root = parentElement.querySelector(".upload")
  const input = root.querySelector("input")
  const running = root.querySelector(".running")
  const state = (root.laurel ??= { request: null, cancelled: false })
  state.tell = setTriggerValue
  state.data = data

  root.querySelector(".label").textContent = data.label
  root.querySelector(".help").textContent = data.help ?? ""
  input.accept = data.accept
  input.id = data.field
  input.setAttribute("aria-label", `${data.label}: choose a PDF`)
  input.onchange = () => {
    const file = input.files[0]
    input.value = ""
    if (file) send(file)
  }
  root.querySelector(".cancel").onclick = cancel

  function complain(words) {
    const line = root.querySelector(".problem")
    line.textContent = words
    line.hidden = !words
  }

  function draw(sent, length) {
    running.hidden = length === null
    root.querySelector(".choose").hidden = length !== null
    if (length === null) return
    root.querySelector("progress").value = (100 * sent) / length
    root.querySelector(".figures").textContent = `${figures(sent)} of ${figures(length)}`
  }

  function remembered(file) {
    const target = Object.values(state.data.target).join(" ")
    return `laurel upload ${target} ${file.name} ${file.size} ${file.lastModified}`
  }

  async function send(file) {
    complain("")
    state.cancelled = false
    if (file.size > state.data.limit) {
      complain(`The file is too large: at most ${figures(state.data.limit)} are accepted here.`)
      return
    }
    draw(0, file.size)
    try {
      while (!state.cancelled) {
        const place = await begin(file)
        if (place.offset < file.size && !(await piece(file, place))) {
          await new Promise((resolve) => setTimeout(resolve, RETRY))
          continue
        }
        localStorage.removeItem(remembered(file))
        draw(0, null)
        state.tell("arrived", Date.now())
        return
      }
    } catch (error) {
      localStorage.removeItem(remembered(file))
      complain(error.message)
    }
    draw(0, null)
  }

  // Where to go on: at what the server has, or at the beginning of a new upload.
  async function begin(file) {
    const known = localStorage.getItem(remembered(file))
    for (;;) {
      try {
        if (known) {
          const answer = await fetch(known, { method: "HEAD", headers: { "Tus-Resumable": "1.0.0" } })
          if (answer.ok) {
            state.address = known
            return { address: known, offset: Number(answer.headers.get("Upload-Offset")) }
          }
        }
        const about = { filename: file.name, ...state.data.target }
        const answer = await fetch("/uploads", {
          method: "POST",
          headers: {
            Accept: "application/json",
            "Tus-Resumable": "1.0.0",
            "Upload-Length": String(file.size),
            "Upload-Metadata": Object.entries(about).map(([name, value]) => `${name} ${encoded(value)}`).join(","),
          },
        })
        if (answer.ok) {
          state.address = answer.headers.get("Location")
          localStorage.setItem(remembered(file), state.address)
          return { address: state.address, offset: 0 }
        }
        if (answer.status < 500) throw new Error((await answer.json()).words)
      } catch (error) {
        if (!(error instanceof TypeError)) throw error
      }
      if (state.cancelled) throw new Error("")
      await new Promise((resolve) => setTimeout(resolve, RETRY))
    }
  }

  // True when the rest of the file has arrived; false when the connection broke and it is worth going on.
  function piece(file, { address, offset }) {
    return new Promise((resolve, reject) => {
      const request = (state.request = new XMLHttpRequest())
      let watchdog = setTimeout(() => request.abort(), SILENCE)
      request.open("PATCH", address)
      request.setRequestHeader("Accept", "application/json")
      request.setRequestHeader("Tus-Resumable", "1.0.0")
      request.setRequestHeader("Upload-Offset", String(offset))
      request.setRequestHeader("Content-Type", "application/offset+octet-stream")
      request.upload.onprogress = (event) => {
        clearTimeout(watchdog)
        watchdog = setTimeout(() => request.abort(), SILENCE)
        draw(offset + event.loaded, file.size)
      }
      request.upload.onload = () => clearTimeout(watchdog)
      request.onerror = request.onabort = () => {
        clearTimeout(watchdog)
        resolve(false)
      }
      request.onload = () => {
        clearTimeout(watchdog)
        if (request.status === 204) resolve(Number(request.getResponseHeader("Upload-Offset")) === file.size)
        else if ([409, 423].includes(request.status) || request.status >= 500) resolve(false)
        else {
          let words = "The file could not be sent."
          try {
            words = JSON.parse(request.responseText).words ?? words
          } catch (error) {
            // the plain words above will do
          }
          reject(new Error(words))
        }
      }
      request.send(file.slice(offset))
    })
  }

  function cancel() {
    state.cancelled = true
    state.request?.abort()
    if (state.address) fetch(state.address, { method: "DELETE", headers: { "Tus-Resumable": "1.0.0" } }).catch(() => {})
    draw(0, null)
  }
}
