// One spreadsheet, sent once with the click that chose it. Nothing of it is kept in the browser.

const MEGABYTE = 1024 * 1024

function encoded(file) {
  return new Promise((resolve, reject) => {
    const reader = new FileReader()
    reader.onload = () => resolve(reader.result.slice(reader.result.indexOf(",") + 1))
    reader.onerror = () => reject(reader.error)
    reader.readAsDataURL(file)
  })
}

export default function (component) {
  const { data, parentElement, setTriggerValue } = component
  const root = parentElement.querySelector(".upload")
  const input = root.querySelector("input")
  const drop = root.querySelector(".drop")
  const told = root.querySelector(".told")
  const problem = root.querySelector(".problem")

  root.querySelector(".label").textContent = data.label
  root.querySelector(".help").textContent = data.help
  input.accept = ".csv,.txt,.tsv,.xlsx,text/csv"
  input.setAttribute("aria-label", `Choose a file: ${data.label}`)
  input.onchange = () => {
    const [file] = input.files
    input.value = ""
    send(file)
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
    send(event.dataTransfer.files[0])
  }

  function complain(words) {
    problem.textContent = words
    problem.hidden = !words
    told.textContent = ""
  }

  async function send(file) {
    if (!file) return
    complain("")
    if (file.size > data.limit) {
      complain(`${file.name} is larger than ${data.limit / MEGABYTE} MB. Split it, and import its parts in turn.`)
      return
    }
    told.textContent = `Reading ${file.name} …`
    try {
      setTriggerValue("chosen", { name: file.name, content: await encoded(file) })
    } catch (error) {
      complain(`${file.name} cannot be read from this device. Choose it again.`)
    }
  }
}
