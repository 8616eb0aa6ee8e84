/* The steps of giving, swapped in place. Everything here is an enhancement: without it each form is posted and each
   step is a page. It fetches the very same answers, takes <section id="giving"> out of them, and keeps the sections
   it leaves alive, so that Back and Forward find what was typed. */

const doc = document
const make = (name, traits) => Object.assign(doc.createElement(name), traits)
const steps = ["amount", "details", "payment", "thanks"]
let here = doc.getElementById("giving")

if (here) {
  const words = here.dataset
  const whole = "giving" in doc.body.dataset
  const shown = []
  const live = make("p", { className: "g-vh" })
  const note = make("p", { className: "g-live" })
  let at = steps.indexOf(words.step)
  let first = at
  let thanksUrl = ""
  let busy = false
  let pointed = false

  const find = (query) => here.querySelector(query)

  const tell = (text, seen) => {
    live.textContent = text
    note.textContent = seen ? text : ""
    const actions = find(".g-actions")
    if (actions) actions.before(note)
  }

  const arrive = (aim) => {
    // A heading or a summary is read with the section's top in sight; anything deeper only needs to be seen itself.
    const top = aim.matches(".g-heading, .g-alert")
    if (top) here.scrollIntoView()
    aim.focus({ preventScroll: top })
  }

  const show = (next, query) => {
    at = steps.indexOf(next.dataset.step)
    const marked = next.querySelector("[autofocus]")
    marked?.removeAttribute("autofocus")
    here.replaceWith(next)
    here = shown[at] = next
    doc.title = next.dataset.title
    tell((find(".g-step") || find(".g-heading")).textContent)
    arrive((query && find(query)) || marked || find(".g-heading"))
  }

  // What was typed in a step before the donor went back to an earlier one.
  const carry = (old, next) => {
    for (const was of old.querySelectorAll("input:not([type=hidden]), select, textarea, details")) {
      const is = was.id ? next.querySelector("#" + CSS.escape(was.id)) : next.querySelector("details")
      if (!is || was.name === "country") continue
      if (was.open) is.open = true
      is.checked = was.checked
      if (!is.value) is.value = was.value
    }
  }

  const place = (next, url, query) => {
    const to = steps.indexOf(next.dataset.step)
    const old = shown[to]
    if (to === 3) {
      if (whole) thanksUrl = url
      history.replaceState({ give: 3 }, "", thanksUrl || location.href)
    } else if (to > at) {
      if (old) carry(old, next)
      history.pushState({ give: to }, "", whole ? url : location.href)
      shown.length = to
    } else if (to < at && to >= first) {
      shown[to] = next
      return history.go(to - at)
    } else if (to < at) {
      first = to
      history.replaceState({ give: to }, "", whole ? url : location.href)
    }
    show(next, query)
  }

  const settle = () => {
    busy = false
    for (const button of find("form")?.querySelectorAll("button") || []) button.removeAttribute("aria-disabled")
  }

  const load = async (url, init, fallback, query) => {
    const stop = new AbortController()
    const slow = setTimeout(tell, 5000, words.slow, true)
    const limit = setTimeout(() => stop.abort(), 60000)
    try {
      const answer = await fetch(url, { ...init, headers: { "X-Almoner-Fragment": "1" }, signal: stop.signal })
      const text = await answer.text()
      const away = answer.headers.get("X-Almoner-Location")
      const next = new DOMParser().parseFromString(text, "text/html").getElementById("giving")
      settle()
      if (away) location.assign(away)
      else if (next) place(doc.importNode(next, true), next.dataset.url || answer.url, query)
      else fallback()
    } catch {
      settle()
      tell(words.failed, true)
    }
    clearTimeout(slow)
    clearTimeout(limit)
  }

  // Under attack the server asks for work: a number whose hash with the salt begins with so many zero bits.
  const work = async (field) => {
    for (let n = 0; ; n++) {
      const bytes = new TextEncoder().encode(field.dataset.salt + ":" + n)
      const hash = new DataView(await crypto.subtle.digest("SHA-256", bytes))
      if (Math.clz32(hash.getUint32(0)) >= field.dataset.bits) return n
    }
  }

  const send = async (form, button, query) => {
    if (busy) return
    if (button && button.value === "back" && shown[at - 1] && at > first) return history.back()
    busy = true
    for (const each of form.querySelectorAll("button")) each.setAttribute("aria-disabled", "true")
    tell(words.sending)
    const asked = form.querySelector("[data-salt]")
    if (asked && !asked.value && self.isSecureContext) asked.value = await work(asked)
    const body = new URLSearchParams(new FormData(form))
    if (button && button.name) body.append(button.name, button.value)
    const token = shown.map((each) => each.querySelector("[name=token]")).findLast(Boolean)
    if (token && !body.has("token")) body.append("token", token.value)
    // An input may be called "action" or "submit", and would stand where the form's own property is.
    const action = form.getAttribute("action")
    load(action, { method: "POST", body }, () => {
      const plain = make("form", { method: "POST", action, hidden: true })
      for (const [name, value] of body) plain.append(make("input", { type: "hidden", name, value }))
      doc.body.append(plain)
      plain.submit()
    }, query)
  }

  const ours = (event, query) => {
    const found = event.target.closest(query)
    return found && here.contains(found) ? found : null
  }

  doc.addEventListener("submit", (event) => {
    const form = ours(event, "form")
    if (!form) return
    event.preventDefault()
    send(form, event.submitter)
  })

  doc.addEventListener("click", (event) => {
    const link = ours(event, 'a[href^="#give-"], a[data-swap]')
    if (!link || event.ctrlKey || event.metaKey || event.shiftKey) return
    event.preventDefault()
    if ("swap" in link.dataset) return load(link.href, {}, () => location.assign(link.href))
    const aim = doc.getElementById(link.hash.slice(1))
    aim.closest("details")?.setAttribute("open", "")
    aim.closest(".g-closed")?.classList.remove("g-closed")
    if (aim.id === "give-address") link.remove()
    const field = aim.matches("input, select, textarea") ? aim : aim.querySelector("input, select")
    ;(field.closest(".g-field") || field).scrollIntoView({ block: "nearest" })
    field.focus()
  })

  doc.addEventListener("change", (event) => {
    const field = ours(event, "#give-country, #give-amount-other")
    if (field?.id === "give-country") send(field.form, { name: "action", value: "manual" }, "#give-country")
    else if (field && pointed) find("#give-other_amount").focus()
  })

  doc.addEventListener("input", (event) => {
    if (ours(event, "#give-other_amount") && find("#give-amount-other")) find("#give-amount-other").checked = true
  })

  doc.addEventListener("pointerdown", () => (pointed = true))
  doc.addEventListener("keydown", (event) => {
    pointed = false
    if (event.key !== "Enter" || !ours(event, "#give-address_query")) return
    event.preventDefault()
    find("[value=find]").click()
  })

  addEventListener("popstate", (event) => {
    const to = event.state?.give
    if (to === undefined) return
    if (shown[3]) {
      if (thanksUrl) history.replaceState({ give: 3 }, "", thanksUrl)
      if (at !== 3) show(shown[3])
    } else if (shown[to] && shown[to] !== here) show(shown[to])
  })

  // A page that comes back from the browser's memory must not stay busy.
  addEventListener("pageshow", (event) => event.persisted && settle())

  // Where the gift comes from: known here only, for the first page is the same for everybody.
  const query = new URLSearchParams(location.search)
  for (const field of here.querySelectorAll("[type=hidden]"))
    if (/^(utm_|appeal)/.test(field.name) && !field.value) field.value = (query.get(field.name) || "").slice(0, 200)
  const from = find("[name=referrer]")
  if (from && URL.canParse?.(doc.referrer) && new URL(doc.referrer).host !== location.host)
    from.value = new URL(doc.referrer).host

  live.setAttribute("role", "status")
  note.setAttribute("aria-hidden", "true")
  here.after(live)
  words.title = doc.title
  shown[at] = here
  history.replaceState({ give: at }, "")
  doc.documentElement.classList.add("js")
}
