// Streamlit turns the page when the browser's history moves, so a link moves the history.

export default function () {
  const follow = (event) => {
    const link = event.target.closest?.('.laurel-table a[href^="/"][target="_self"]')
    if (!link || event.button || event.metaKey || event.ctrlKey || event.shiftKey || event.altKey) return
    event.preventDefault()
    history.pushState({}, "", link.getAttribute("href"))
    window.dispatchEvent(new PopStateEvent("popstate"))
  }
  document.addEventListener("click", follow)
  return () => document.removeEventListener("click", follow)
}
