/* <almoner-form form="4840"><a href="…">Give</a></almoner-form>: a giving form in any page. The form is a frame in the
   shadow; the link in the light stands until the frame has said that it is there, and wherever it can't be. No cookie,
   no storage, no style element: a page's strictest policy has to allow this script and the frame, and nothing else. */
(() => {
if (customElements.get("almoner-form")) return
const SITE = "{site}"
const WORDS = {words}
const SOURCE = /^(utm_(source|medium|campaign|content|term)|appeal)$/
const source = {}
new URLSearchParams(location.search).forEach((text, name) => SOURCE.test(name) && (source[name] ??= text))

const make = (name, part, css, traits) => {
  const made = Object.assign(document.createElement(name), traits)
  made.setAttribute("part", part)
  made.style.cssText = css
  return made
}

// The giving site's own language, unless it speaks the page's.
const wordsOf = (element) => {
  const tag = (element.closest("[lang]")?.lang || "").toLowerCase()
  const first = tag.split("-")[0]
  return WORDS[tag] || WORDS[first] || WORDS[first + "-br"] || WORDS[""]
}

// Where a box around the frame cuts off what doesn't fit, and nobody can scroll: the frame then scrolls in itself.
const fit = (frame, height) => {
  frame.style.height = height + "px"
  const top = frame.getBoundingClientRect().top
  const page = document.documentElement
  const pageClips = getComputedStyle(page).overflowY !== "visible"
  let room = height
  for (let box = frame; (box = box.parentElement || box.getRootNode().host); ) {
    const { overflowY } = getComputedStyle(box)
    const whole = box === page || (box === document.body && !pageClips)
    if (/auto|scroll/.test(overflowY)) break
    if (/hidden|clip/.test(overflowY))
      room = Math.min(room, (whole ? innerHeight : box.getBoundingClientRect().bottom) - top)
  }
  if (room < height) frame.style.height = Math.max(320, room) + "px"
}

customElements.define("almoner-form", class extends HTMLElement {
  static observedAttributes = ["form"]

  // Some put it into the page first, and give it its attributes then.
  connectedCallback() {
    queueMicrotask(() => {
      if (!this.isConnected || !this.getAttribute("form")) return
      if (!this.shadowRoot) this.build()
      for (const type of ["message", "resize"]) addEventListener(type, this)
    })
  }

  attributeChangedCallback() {
    this.connectedCallback()
  }

  disconnectedCallback() {
    for (const type of ["message", "resize"]) removeEventListener(type, this)
  }

  build() {
    const get = (name) => this.getAttribute(name) || ""
    const site = get("site") ? new URL(get("site")).origin : SITE
    const [root, give, close] = wordsOf(this)
    const at = (framed) => {
      const url = new URL(`${root}/give/${encodeURIComponent(get("form"))}/${framed}`, site)
      for (const name of ["amount", "frequency", "currency", "fund", "appeal"])
        if (get(name)) url.searchParams.set(name, get(name))
      return url
    }
    const [primary, accent] = ["primary", "accent"].map((name) => /^#?([0-9a-f]{6})$/i.exec(get(name))?.[1] || "")
    const colours = (primary + (accent && "-" + accent)).toLowerCase()
    const address = at("frame/" + (colours && colours + "/")).href

    const light = make("slot", "link", "")
    light.append(make("a", "", "", { href: at(""), textContent: give }))
    const frame = make("iframe", "frame", "display:block;width:100%;height:0;border:0;visibility:hidden", {
      loading: "lazy",
      title: give,
    })
    let shown = 0
    let dialog
    frame.onload = () => {
      frame.contentWindow.postMessage({ almoner: "hello", path: location.pathname, source }, site)
      if (shown) frame.scrollIntoView({ block: "nearest" })
    }

    this.handleEvent = ({ type, source, origin, data }) => {
      if (type === "resize") return shown && fit(frame, shown)
      if (source !== frame.contentWindow || !source || origin !== site || !data) return
      if (data.almoner === "height" && data.height > 0) {
        shown = Math.min(data.height, 30000)
        light.style.display = "none"
        frame.style.visibility = ""
        frame.title = this.textContent.trim() || give
        fit(frame, shown)
      }
      if (data.almoner === "step" && frame.getBoundingClientRect().top < 0) frame.scrollIntoView()
      if (data.almoner === "escape") dialog?.close()
    }

    // A link to the form takes along where its reader came from.
    this.addEventListener("click", (event) => {
      const link = event.composedPath().find((each) => each.href)
      if (!link || link.origin !== site) return
      const url = new URL(link.href)
      for (const name in source) if (!url.searchParams.has(name)) url.searchParams.set(name, source[name])
      link.href = url
      // In a frame of somebody else's no page to give on may stand, and its top may be out of reach.
      if (self !== top) link.target ||= "_blank"
    })

    const shadow = this.attachShadow({ mode: "open" })
    if (!this.hasAttribute("button")) {
      // A theme that holds its text narrow holds blocks narrow, and an element of no kind is none.
      if (getComputedStyle(this).display === "inline") this.style.display = "block"
      frame.src = address
      return shadow.append(light, frame)
    }
    const label = get("button") || give
    const size = "font:inherit;min-height:44px;min-width:44px;cursor:pointer;"
    const box = "box-sizing:border-box;width:46rem;max-width:100%;max-height:100%;padding:0;border:0;border-radius:12px"
    dialog = make("dialog", "dialog", box, { ariaLabel: label })
    const shut = make("button", "close", size + "display:block;margin-inline-start:auto;border:0;background:none;color:inherit;font-size:1.75rem", {
      type: "button",
      textContent: "×",
      ariaLabel: close,
      onclick: () => dialog.close(),
    })
    const open = make("button", "button", size + "padding:.6em 1.4em", {
      type: "button",
      textContent: label,
      // Nothing is loaded before it is asked for.
      onclick: () => {
        frame.src ||= address
        dialog.showModal()
      },
    })
    dialog.append(shut, light, frame)
    shadow.append(open, dialog)
  }
})
})()
